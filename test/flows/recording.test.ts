import { describe, expect, it } from 'vitest'
import { readRecordingName } from '../../src/domain/recording/names.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

const notice = 'Samtalet spelas in.'
const monday = '2026-11-23T09:00:00+01:00'

const open = (recording: object = {}, more: object = {}, start = monday): Promise<Office> =>
  openOffice(
    {
      ...officeFile,
      ...more,
      recording: { licence: true, people: ['anna'], consent: 'announce', ...recording },
    },
    start,
  )

/** A caller from outside talks with Anna. */
async function talkWithAnna(office: Office): Promise<{ readonly caller: FakeLeg; readonly anna: FakeLeg }> {
  const caller = await office.outsideCalls('+46846500401')
  const anna = office.ring('anna-bord')
  anna.answer()
  await office.pass(1)
  expect(caller.hears).toEqual([anna])
  return { caller, anna }
}

const recorderOf = (office: Office, leg: FakeLeg): FakeLeg | undefined =>
  office.exchange.allLegs.find(({ id }) => id === `${leg.id}-recorder`)

const isRecorded = (office: Office, leg: FakeLeg): boolean => {
  const recording = recorderOf(office, leg)?.recording
  return recording !== undefined && !recording.paused
}

/** Seconds of each recorded call that has ended. */
const recorded = (office: Office): readonly number[] =>
  [...office.exchange.recordings].flatMap(([name, seconds]) => (readRecordingName(name) ? [seconds] : []))

/** How often each of them was told. */
const told = (...legs: readonly FakeLeg[]): readonly number[] =>
  legs.map(({ sounds }) => sounds.filter((sound) => sound === notice).length)

describe('a talk that is recorded', () => {
  it('O-14 everybody hears so first; then it is written until the customer hangs up', async () => {
    const office = await open()
    const caller = await office.outsideCalls('+46846500401')
    const anna = office.ring('anna-bord')
    anna.answer()
    await office.pass(0.5)
    expect(told(caller, anna)).toEqual([1, 1])
    expect(isRecorded(office, caller)).toBe(false)
    await office.pass(1.5)
    expect(isRecorded(office, caller)).toBe(true)
    await office.pass(20)
    caller.hangUp()
    await office.pass(1)
    expect(recorded(office)).toHaveLength(1)
    expect(recorded(office)[0]).toBeGreaterThanOrEqual(20)
    const [name = ''] = office.exchange.recordings.keys()
    expect(readRecordingName(name)).toMatchObject({
      company: 'kontoret',
      person: 'anna',
      conversation: caller.id,
    })
  })

  it.each([
    ['without the licence', { licence: false }, monday],
    ['without consent', { consent: 'off' }, monday],
    ['of somebody else', { people: ['bo'] }, monday],
    ['after hours', {}, '2026-11-23T18:00:00+01:00'],
  ])('O-14 is not recorded %s, and nobody is told anything', async (_why, recording, start) => {
    const office = await open(recording, {}, start)
    const { caller, anna } = await talkWithAnna(office)
    await office.pass(5)
    expect(recorderOf(office, caller)).toBeUndefined()
    expect(told(caller, anna)).toEqual([0, 0])
  })

  it('O-14 the hours at the answer decide: it goes on past closing, and one answered before opening is never begun', async () => {
    const late = await open({}, {}, '2026-11-23T17:59:30+01:00')
    const { caller } = await talkWithAnna(late)
    await late.pass(120)
    expect(isRecorded(late, caller)).toBe(true)
    const early = await open({}, {}, '2026-11-23T07:59:30+01:00')
    const other = await talkWithAnna(early)
    await early.pass(120)
    other.anna.hold()
    await early.pass(1)
    other.anna.resume()
    await early.pass(1)
    expect(recorderOf(early, other.caller)).toBeUndefined()
  })

  it('O-14 somebody who is absent and answers all the same is not recorded', async () => {
    const office = await open({}, { vip: [{ number: '+46701740630' }] })
    await office.away('anna', { reason: 'meeting' })
    const { caller } = await talkWithAnna(office)
    await office.pass(5)
    expect(recorderOf(office, caller)).toBeUndefined()
  })

  it('O-14 silent: recorded at once, and nobody is told', async () => {
    const office = await open({ consent: 'silent' })
    const { caller, anna } = await talkWithAnna(office)
    expect(isRecorded(office, caller)).toBe(true)
    expect(told(caller, anna)).toEqual([0, 0])
  })

  it('O-14 is paused while the phone holds, and while the customer waits for a consultation', async () => {
    const office = await open({ consent: 'silent' })
    const { caller, anna } = await talkWithAnna(office)
    anna.hold()
    await office.pass(1)
    expect(isRecorded(office, caller)).toBe(false)
    anna.resume()
    await office.pass(1)
    expect(isRecorded(office, caller)).toBe(true)
    anna.press('*3103#')
    await office.pass(1)
    office.ring('bo-bord').answer()
    await office.pass(1)
    anna.press('*5')
    await office.pass(2)
    expect([caller.hearsMusic, isRecorded(office, caller)]).toEqual([true, false])
    anna.press('*5')
    await office.pass(2)
    expect([caller.hearsMusic, isRecorded(office, caller)]).toEqual([false, true])
    caller.hangUp()
    await office.pass(2)
    expect(recorded(office)).toHaveLength(1)
  })

  it('O-14 whoever is brought in is told before anything more is recorded', async () => {
    const office = await open()
    const { caller, anna } = await talkWithAnna(office)
    await office.pass(5)
    anna.press('*3103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(0.5)
    expect(told(bo)).toEqual([1])
    expect(isRecorded(office, caller)).toBe(false)
    await office.pass(2)
    expect(isRecorded(office, caller)).toBe(true)
    expect(told(caller, anna, bo)).toEqual([1, 1, 1])
  })

  it('O-14 parked it is paused; fetched by a colleague whose talks are not recorded it goes on in the same file', async () => {
    const office = await open({ consent: 'silent' })
    const { caller, anna } = await talkWithAnna(office)
    await office.pass(9)
    anna.hold()
    await office.dials('anna-bord', '*68#')
    await office.pass(20)
    expect([caller.room, isRecorded(office, caller)]).toEqual(['park-kontoret-101', false])
    const bo = await office.dials('bo-bord', '*88*101#')
    await office.pass(10)
    expect([caller.hears, isRecorded(office, caller)]).toEqual([[bo], true])
    caller.hangUp()
    await office.pass(1)
    expect(recorded(office)).toHaveLength(1)
    expect(recorded(office)[0]).toBeGreaterThan(17)
    expect(recorded(office)[0]).toBeLessThan(25)
  })

  it('O-15 C-03 the coach is not in it, nor is what a coach says to everybody', async () => {
    const office = await open({ consent: 'silent' }, { talk: { coaching: { mayBargeIn: ['bo'] } } })
    const { caller, anna } = await talkWithAnna(office)
    anna.press('*4103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(2)
    bo.press('1')
    await office.pass(2)
    expect(anna.hears).toContain(bo)
    expect(isRecorded(office, caller)).toBe(true)
    expect(caller.hears).toEqual([anna])
    bo.press('*5')
    await office.pass(4)
    expect(caller.hears).toContain(bo)
    expect(isRecorded(office, caller)).toBe(false)
  })

  it('O-16 an exchange that records nothing: the talk goes on, and it is noted', async () => {
    const office = await open({ consent: 'silent' })
    office.exchange.recordingFails = true
    const { caller, anna } = await talkWithAnna(office)
    await office.pass(5)
    expect(caller.hears).toEqual([anna])
    anna.press('*3103#')
    await office.pass(1)
    office.ring('bo-bord').answer()
    await office.pass(1)
    expect(caller.hears).toHaveLength(2)
    expect(recorded(office)).toEqual([])
    expect(office.warnings).toContain('a talk could not be recorded')
  })

  it('O-16 the disk is full in the middle: the talk goes on, and it is noted; not so when the customer has left', async () => {
    const office = await open({ consent: 'silent' })
    const { caller, anna } = await talkWithAnna(office)
    await office.pass(5)
    const recorder = recorderOf(office, caller)
    if (!recorder?.recording) throw new Error('it is recorded')
    recorder.lane.stopRecording(recorder.recording.name)
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    expect(office.warnings).toEqual([])
    await office.pass(2)
    expect(office.warnings).toEqual(['a recording failed'])
    anna.hold()
    await office.pass(1)
    anna.resume()
    await office.pass(1)
    expect(caller.hears).toEqual([anna])
    caller.hangUp()
    await office.pass(1)

    const next = await talkWithAnna(office)
    next.anna.press('*3103#')
    await office.pass(1)
    office.ring('bo-bord').answer()
    await office.pass(1)
    next.caller.hangUp()
    await office.pass(5)
    expect(next.anna.hears).toHaveLength(1)
    expect(office.warnings).toEqual(['a recording failed'])
  })

  it('O-14 the customer leaves and two colleagues go on: it ends, and nothing of what they say is recorded', async () => {
    const office = await open({ consent: 'silent', people: ['anna', 'bo'] })
    const { caller, anna } = await talkWithAnna(office)
    anna.press('*3103#')
    await office.pass(1)
    const bo = office.ring('bo-bord')
    bo.answer()
    await office.pass(5)
    caller.hangUp()
    await office.pass(60)
    expect(anna.hears).toEqual([bo])
    expect(office.exchange.allLegs.filter((leg) => leg.alive && leg.recording !== undefined)).toEqual([])
    expect(recorded(office)).toHaveLength(1)
    expect(recorded(office)[0]).toBeLessThan(10)
  })

  it('O-14 M-03 the process is away: it goes on, is found again, paused and ended as before', async () => {
    const office = await open({ consent: 'silent' })
    const { caller, anna } = await talkWithAnna(office)
    await office.pass(5)
    office.kill()
    await office.pass(5)
    expect(isRecorded(office, caller)).toBe(true)
    await office.start()
    await office.pass(25) // the sweep has had its time
    expect(isRecorded(office, caller)).toBe(true)
    anna.hold()
    await office.pass(1)
    expect(isRecorded(office, caller)).toBe(false)
    anna.resume()
    await office.pass(1)
    anna.hangUp()
    await office.pass(2)
    expect(recorded(office)).toHaveLength(1)
    expect(recorded(office)[0]).toBeGreaterThan(30)
  })

  it('O-14 is deleted when its time is up, unlike messages', async () => {
    const office = await open({ consent: 'silent', keepDays: 1 })
    const { caller } = await talkWithAnna(office)
    await office.pass(10)
    caller.hangUp()
    await office.pass(10)
    office.exchange.recordings.set('kontoret-anna-1' as never, 3)
    await office.pass(23 * 3600)
    expect(recorded(office)).toHaveLength(1)
    await office.pass(2 * 3600)
    expect(recorded(office)).toEqual([])
    expect([...office.exchange.recordings.keys()]).toEqual(['kontoret-anna-1'])
  })
})
