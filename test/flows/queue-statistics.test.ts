import { describe, expect, it } from 'vitest'
import { dateAt } from '../../src/domain/time/wall-time.js'
import { queueStatistics } from '../../src/flows/queue-statistics.js'
import { answers, callsQueue, figuresOfToday, openQueues, ticketsOf } from './queue-office.js'

const always = { login: 'always', members: ['anna'], wrapUpSeconds: 0, noAnswers: 0, ringSeconds: 60 }

describe('the statistics of a queue', () => {
  it('Q-25 count every call once: answered, hung up soon and late, gone on by time, by key, not let in', async () => {
    const office = await openQueues({ ...always, maxWaiting: 2, overflow: ['voicemail'] })
    const first = await callsQueue(office)
    await office.pass(3)
    const anna = await answers(office, 'anna-bord')
    const [soon, late] = [await callsQueue(office), await callsQueue(office)]
    const full = await callsQueue(office)
    await office.pass(3)
    soon.hangUp()
    await office.pass(4)
    late.hangUp()
    await office.pass(1)
    const [keyed, patient] = [await callsQueue(office), await callsQueue(office)]
    await office.pass(2)
    keyed.press('0')
    await office.pass(190)
    full.hangUp()
    patient.hangUp()
    const last = await callsQueue(office)
    first.hangUp()
    await office.pass(30)
    expect(anna.alive).toBe(false)
    await answers(office, 'anna-bord')
    expect(last.room).toContain('talk-')

    expect(await figuresOfToday(office)).toEqual({
      offered: 7,
      outsideHours: 0,
      answered: 2,
      abandoned: 1,
      abandonedShort: 1,
      overflowed: { full: 1, nobodyLoggedIn: 0, closed: 0, maxWait: 1, removed: 0, key: 1, moved: 0 },
      callbacks: { talked: 0, calledAgain: 0, noAnswer: 0, refused: 0, removed: 0 },
      waits: { answered: { average: 17, longest: 30 }, abandoned: { average: 7, longest: 7 } },
      serviceLevel: { withinSeconds: 20, answered: 1, ofAnsweredAndAbandoned: 1 / 3, ofOffered: 1 / 7 },
      longWaits: { overSeconds: 180, callers: 0, ofOffered: 0 },
    })
  })

  it('Q-25 Q-13 a caller who goes on to another queue counts in both, there with the whole wait', async () => {
    const other = { ...always, id: 'salj', name: 'Sälj', number: '301', members: ['bo'] }
    const office = await openQueues({ ...always, overflow: ['queue:salj'] }, [other])
    office.exchange.unregister('anna-bord')
    await callsQueue(office)
    await office.pass(185)
    await answers(office, 'bo-bord')
    expect(await figuresOfToday(office)).toMatchObject({
      offered: 1,
      answered: 0,
      overflowed: { maxWait: 1 },
    })
    expect(await figuresOfToday(office, '301')).toMatchObject({
      offered: 1,
      answered: 1,
      waits: { answered: { longest: 185 } },
      longWaits: { callers: 1 },
    })
  })

  it('Q-25 O-01 callers outside the hours are counted apart', async () => {
    const office = await openQueues({ ...always, hours: 'kontor' }, [], {
      hours: [{ id: 'kontor', week: { sun: ['02:00-03:00'] } }],
    })
    const caller = await callsQueue(office)
    await office.pass(1)
    caller.hangUp()
    await office.pass(1)
    expect(await figuresOfToday(office)).toMatchObject({ offered: 0, outsideHours: 1 })
  })

  it('Q-25 a caller who hangs up while nobody is there to see it is written down at the next start', async () => {
    const office = await openQueues(always)
    const caller = await callsQueue(office)
    await office.pass(6)
    office.kill()
    caller.hangUp()
    await office.pass(2)
    await office.start()
    expect(await figuresOfToday(office)).toMatchObject({ offered: 1, abandoned: 1 })
    expect(await ticketsOf(office)).toEqual([])
  })

  it('Q-25 M-05 what ends while the store is away is written down when it is back', async () => {
    const office = await openQueues(always)
    const [gone, served] = [await callsQueue(office), await callsQueue(office)]
    office.memory.control.setUnavailable(true)
    await office.pass(6)
    gone.hangUp()
    await office.pass(1)
    await answers(office, 'anna-bord')
    await office.pass(15)
    office.memory.control.setUnavailable(false)
    await office.pass(11)
    expect(await figuresOfToday(office)).toMatchObject({ offered: 2, abandoned: 1, answered: 1 })
    served.hangUp()
  })

  it('Q-25 refuse a queue that is not there, and days that run backwards', async () => {
    const office = await openQueues(always)
    const day = dateAt(office.clock.now(), office.company.zone)
    const ask = (queue: string, from = day) =>
      queueStatistics(office.company, { queue, from, to: day }, office.memory.stores)
    expect(await ask('nothing')).toBe('noSuchQueue')
    expect(await ask('support', { ...day, year: day.year + 1 })).toBe('badRange')
    expect(await ask('support', { ...day, year: day.year - 5 })).toBe('badRange')
  })
})
