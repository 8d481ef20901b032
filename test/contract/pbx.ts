import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceName, Digit, LegId, PlaybackId, RecordingName, RoomId } from '../../src/domain/ids.js'
import {
  AlreadyExists,
  CannotReach,
  NoSuchThing,
  WrongState,
  type HangUpReason,
  type LegInfo,
  type NewLeg,
  type Party,
  type Pbx,
  type PbxEvent,
  type RecordingLimits,
  type Sound,
} from '../../src/ports/pbx.js'

/**
 * What every exchange behind the port does and refuses. The suite runs on the real Asterisk and on the fake of the flow
 * tests, so that the fake stays honest. A harness brings:
 *
 * - `pbx`: connected; its phones may call any number and their calls arrive with `args` = `['phone']`
 * - three registered phones, a trunk that takes every number, and the name of a device that is known but never registered
 * - a short sound of about one second and a long one of at least eight
 * - a place in the dialplan that keeps a leg for at least three seconds and does not bring it back
 * - `until`: waits (or moves its clock) until `find` gives something; fails after about ten seconds, naming `what`
 */
export interface PbxHarness {
  readonly pbx: Pbx
  readonly phones: {
    readonly anna: PhoneUnderTest
    readonly bertil: PhoneUnderTest
    readonly carla: PhoneUnderTest
  }
  readonly trunk: PhoneUnderTest
  readonly absent: DeviceName
  readonly sounds: { readonly short: Sound; readonly long: Sound }
  readonly dialplan: { readonly context: string; readonly extension: string }
  until<T>(what: string, find: () => Found<T> | Promise<Found<T>>): Promise<T>
  stop(): Promise<void>
}

/** Not there yet, or there. */
export type Found<T> = T | undefined | false

export interface PhoneUnderTest {
  readonly device: DeviceName
  readonly mailbox: string
  /** The message lamp as it was last told. */
  lamp(): { readonly fresh: number; readonly heard: number } | undefined
  /** Calls; the call arrives at the exchange by and by. */
  call(number: string): CallAtPhone
  /** Calls in the place of another call, whichever phone has it (INVITE with Replaces, RFC 3891). */
  takeOver(call: CallAtPhone): CallAtPhone
  /** The oldest call to this phone that was not taken yet, if there is one. It does not ring before `ring`. */
  incoming(): CallAtPhone | undefined
  register(): Promise<void>
  unregister(): Promise<void>
}

export interface CallAtPhone {
  ring(): void
  answer(): void
  reject(how: 'busy' | 'rejected'): void
  hangUp(): void
  hold(): void
  resume(): void
  /** Blind transfer of the other party (RFC 3515). */
  transfer(number: string): void
  /** Attended transfer: the other parties of this call and that one are to talk (RFC 3891). */
  transferTo(other: CallAtPhone): void
  /** Presses one key after another. */
  press(digits: string): Promise<void>
  /** Speaks (true, also the beginning) or is silent. */
  speak(on: boolean): void
  /** Is answered, or was accepted by this phone, and not ended. */
  isUp(): boolean
  /** The caller heard that it rings at the other end (180). */
  hasRingback(): boolean
  /** What was sent to it with `sendDigits`. */
  receivedDigits(): string
  shown(): Party
  /** The number that was called, at a trunk. */
  called(): string
  /** A header of the call that came. */
  header(name: string): string | undefined
  hears(other: CallAtPhone): boolean
  /** A sound of the harness. */
  hearsSound(): boolean
  hearsMusic(): boolean
  /** Why the exchange ended it, undefined as long as it did not. */
  endedBecause(): HangUpReason | undefined
}

const limits: RecordingLimits = { maxSeconds: 30, silenceSeconds: 0, beep: false }

export function describePbx(name: string, start: () => Promise<PbxHarness>): void {
  describe(`an exchange (${name})`, () => {
    let harness: PbxHarness
    let pbx: Pbx
    const events: PbxEvent[] = []
    const run = Math.random().toString(36).slice(2, 8)
    let count = 0

    beforeAll(async () => {
      harness = await start()
      pbx = harness.pbx
      pbx.onEvent((event) => events.push(event))
    })
    afterAll(async () => {
      await harness.stop()
    })
    afterEach(async () => {
      const left = await pbx.snapshot()
      for (const leg of left.legs) await pbx.hangUp(leg.id, 'normal')
      for (const room of left.rooms) await pbx.closeRoom(room.id)
      for (const leg of left.legs) await event('gone', (one) => one.leg === leg.id)
      for (const phone of Object.values(harness.phones)) while (phone.incoming()) continue
    })

    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says which kind of id it is
    const newId = <Id extends string>(kind: string): Id => `${kind}-${run}-${String(++count)}` as Id
    const all = <Kind extends PbxEvent['kind']>(kind: Kind): Extract<PbxEvent, { kind: Kind }>[] =>
      events.filter((one): one is Extract<PbxEvent, { kind: Kind }> => one.kind === kind)
    const event = <Kind extends PbxEvent['kind']>(
      kind: Kind,
      fits: (event: Extract<PbxEvent, { kind: Kind }>) => boolean,
    ): Promise<Extract<PbxEvent, { kind: Kind }>> =>
      harness.until(`event ${kind}`, () => all(kind).find(fits))
    /** Everything told of a leg, as short words. */
    const story = (leg: LegId): readonly string[] =>
      events
        .filter((one) => ('leg' in one ? (one.kind === 'arrived' ? one.leg.id : one.leg) === leg : false))
        .map((one) => (one.kind === 'state' ? one.state : one.kind))

    const callIn = async (
      phone: PhoneUnderTest = harness.phones.anna,
      number = '200',
    ): Promise<{ readonly leg: LegInfo; readonly id: LegId; readonly call: CallAtPhone }> => {
      const known = new Set(all('arrived').map((one) => one.leg.id))
      const call = phone.call(number)
      const { leg } = await event(
        'arrived',
        (one) => one.leg.device === phone.device && !known.has(one.leg.id),
      )
      return { leg, id: leg.id, call }
    }
    const answered = async (
      phone: PhoneUnderTest = harness.phones.anna,
    ): Promise<{ readonly id: LegId; readonly call: CallAtPhone }> => {
      const { id, call } = await callIn(phone)
      await pbx.answer(id)
      await event('state', (one) => one.leg === id && one.state === 'up')
      await harness.until('the phone to be answered', () => call.isUp())
      return { id, call }
    }
    const legTo = (device: DeviceName, more: Partial<NewLeg> = {}): NewLeg => ({
      id: newId<LegId>('leg'),
      to: { kind: 'device', device },
      caller: { name: 'Åsa Öberg', number: '123' },
      notes: {},
      ...more,
    })
    const created = async (
      phone: PhoneUnderTest = harness.phones.bertil,
      more: Partial<NewLeg> = {},
    ): Promise<LegId> => {
      const leg = legTo(phone.device, more)
      await pbx.createLeg(leg)
      await event('arrived', (one) => one.leg.id === leg.id)
      return leg.id
    }
    const taken = (phone: PhoneUnderTest): Promise<CallAtPhone> =>
      harness.until(`a call to ${phone.device}`, () => phone.incoming())
    const ringing = async (
      phone: PhoneUnderTest = harness.phones.bertil,
      more: Partial<NewLeg> = {},
    ): Promise<{ readonly id: LegId; readonly call: CallAtPhone }> => {
      const id = await created(phone, more)
      await pbx.dial(id, { ringSeconds: 30 })
      const call = await taken(phone)
      call.ring()
      await event('state', (one) => one.leg === id && one.state === 'ringing')
      return { id, call }
    }
    const openTalk = async (...legs: readonly LegId[]): Promise<RoomId> => {
      const room = newId<RoomId>('talk')
      await pbx.openRoom(room, 'talk', {})
      if (legs.length > 0) await pbx.enter(room, legs)
      for (const leg of legs) await event('entered', (one) => one.leg === leg && one.room === room)
      return room
    }
    const gone = (leg: LegId): Promise<Extract<PbxEvent, { kind: 'gone' }>> =>
      event('gone', (one) => one.leg === leg)
    const keys = (leg: LegId): string =>
      all('digit')
        .filter((one) => one.leg === leg)
        .map((one) => one.digit satisfies Digit)
        .join('')

    describe('a call that comes in', () => {
      it('arrives unanswered, with its device and what was dialled', async () => {
        const before = await callIn()
        const { leg } = await callIn(harness.phones.bertil, '*23*1*1300#')
        expect(leg).toMatchObject({
          device: harness.phones.bertil.device,
          state: 'ringing',
          dialled: '*23*1*1300#',
          notes: {},
        })
        expect(leg.id).not.toBe(before.id)
        const arrived = all('arrived').find((one) => one.leg.id === leg.id)
        expect(arrived?.args).toEqual(['phone'])
      })

      it('hears ringing when told so, and is up when answered', async () => {
        const { id, call } = await callIn()
        expect(call.isUp()).toBe(false)
        await pbx.indicateRinging(id)
        await harness.until('ringback', () => call.hasRingback())
        await pbx.answer(id)
        await event('state', (one) => one.leg === id && one.state === 'up')
        await harness.until('the phone to be answered', () => call.isUp())
      })

      it('may be answered twice', async () => {
        const { id } = await answered()
        await expect(pbx.answer(id)).resolves.toBeUndefined()
      })

      it('ends normally when the caller gives up or hangs up', async () => {
        const early = await callIn(harness.phones.anna)
        early.call.hangUp()
        expect(await gone(early.id)).toMatchObject({ end: 'normal' })
        const late = await answered(harness.phones.bertil)
        late.call.hangUp()
        expect(await gone(late.id)).toMatchObject({ end: 'normal' })
        expect(story(late.id)).toEqual(['arrived', 'up', 'gone'])
      })

      it.each<HangUpReason>([
        'normal',
        'busy',
        'noAnswer',
        'answeredElsewhere',
        'congestion',
        'rejected',
        'notFound',
        'unavailable',
      ])('is told the reason when it is ended unanswered: %s', async (reason) => {
        const { id, call } = await callIn()
        await pbx.hangUp(id, reason)
        expect(await harness.until('the end', () => call.endedBecause())).toBe(reason)
        expect(await gone(id)).toMatchObject({ end: 'normal' })
      })

      it('may be ended twice', async () => {
        const { id } = await answered()
        await pbx.hangUp(id, 'normal')
        await gone(id)
        await expect(pbx.hangUp(id, 'busy')).resolves.toBeUndefined()
      })
    })

    describe('a leg that is gone, or never was', () => {
      const refusals: readonly [string, (leg: LegId) => Promise<unknown>][] = [
        ['answer', (leg) => pbx.answer(leg)],
        ['indicateRinging', (leg) => pbx.indicateRinging(leg)],
        ['note', (leg) => pbx.note(leg, { a: '1' })],
        ['show', (leg) => pbx.show(leg, { number: '1' })],
        ['limit', (leg) => pbx.limit(leg, 60)],
        ['play', (leg) => pbx.play(leg, newId<PlaybackId>('play'), [harness.sounds.short])],
        ['startMusic', (leg) => pbx.startMusic(leg, 'default')],
        ['stopMusic', (leg) => pbx.stopMusic(leg)],
        ['record', (leg) => pbx.record(leg, newId<RecordingName>('recording'), limits)],
        ['sendDigits', (leg) => pbx.sendDigits(leg, '1')],
        ['leaveTo', (leg) => pbx.leaveTo(leg, harness.dialplan)],
        ['dial', (leg) => pbx.dial(leg, { ringSeconds: 5 })],
        ['enter', async (leg) => pbx.enter(await openTalk(), [leg])],
      ]
      it.each(refusals)('is refused: %s', async (_, command) => {
        const { id, call } = await callIn()
        call.hangUp()
        await gone(id)
        await expect(command(id)).rejects.toBeInstanceOf(NoSuchThing)
        await expect(command('never-was' as LegId)).rejects.toBeInstanceOf(NoSuchThing)
      })

      it('is not in the snapshot', async () => {
        const { id, call } = await callIn()
        call.hangUp()
        await gone(id)
        expect((await pbx.snapshot()).legs.map((leg) => leg.id)).not.toContain(id)
      })

      it('may be hung up, taken out of a room, and its playing and recording ended and deleted', async () => {
        const leg = 'never-was' as LegId
        const room = await openTalk()
        await pbx.hangUp(leg, 'normal')
        await pbx.leave(room, [leg])
        await pbx.stopPlaying('never-was' as PlaybackId)
        await pbx.stopRecording('never-was' as RecordingName)
        await pbx.deleteRecording('never-was' as RecordingName)
        expect((await pbx.snapshot()).rooms.find((one) => one.id === room)?.legs).toEqual([])
      })
    })

    describe('M-06 notes and the snapshot', () => {
      it('gives notes back, later ones beside and over earlier ones', async () => {
        const { id } = await callIn()
        await pbx.note(id, { company: 'exempel', step: 'one' })
        await pbx.note(id, { step: 'two', text: 'Å, "b"; ${c} = d' })
        const leg = (await pbx.snapshot()).legs.find((one) => one.id === id)
        expect(leg?.notes).toEqual({ company: 'exempel', step: 'two', text: 'Å, "b"; ${c} = d' })
      })

      it('forgets a note that is set to nothing', async () => {
        const { id } = await callIn()
        await pbx.note(id, { company: 'exempel', phase: 'ringing' })
        await pbx.note(id, { phase: '' })
        const leg = (await pbx.snapshot()).legs.find((one) => one.id === id)
        expect(leg?.notes).toEqual({ company: 'exempel' })
      })

      it('shows legs with their state and rooms with who is in them', async () => {
        const { id } = await answered()
        const waiting = await callIn(harness.phones.bertil, '300')
        const talk = await openTalk(id)
        const holding = newId<RoomId>('park')
        await pbx.openRoom(holding, 'holding', { place: '101' })
        const snapshot = await pbx.snapshot()
        expect(snapshot.legs.find((leg) => leg.id === id)).toMatchObject({
          state: 'up',
          device: harness.phones.anna.device,
        })
        expect(snapshot.legs.find((leg) => leg.id === waiting.id)).toMatchObject({
          state: 'ringing',
          dialled: '300',
        })
        expect(snapshot.legs.find((leg) => leg.id === waiting.id)?.createdAt).toBe(waiting.leg.createdAt)
        expect(snapshot.rooms).toContainEqual({ id: talk, kind: 'talk', legs: [id], notes: {} })
        expect(snapshot.rooms).toContainEqual({
          id: holding,
          kind: 'holding',
          legs: [],
          notes: { place: '101' },
        })
      })
    })

    describe('playing sounds', () => {
      it('tells when all of them were played', async () => {
        const { id, call } = await answered()
        const playback = newId<PlaybackId>('play')
        await pbx.play(id, playback, [
          harness.sounds.short,
          { kind: 'silence', seconds: 1 },
          harness.sounds.short,
        ])
        await harness.until('the sound', () => call.hearsSound())
        expect(await event('played', (one) => one.playback === playback)).toMatchObject({ complete: true })
        expect(all('played').filter((one) => one.playback === playback)).toHaveLength(1)
      })

      it('reaches a caller who was not answered', async () => {
        const { id, call } = await callIn()
        const playback = newId<PlaybackId>('play')
        await pbx.play(id, playback, [harness.sounds.short])
        expect(await event('played', (one) => one.playback === playback)).toMatchObject({ complete: true })
        expect(call.isUp()).toBe(false)
      })

      it('can be stopped: told as not complete; stopping again is no error', async () => {
        const { id, call } = await answered()
        const playback = newId<PlaybackId>('play')
        await pbx.play(id, playback, [harness.sounds.long])
        await harness.until('the sound', () => call.hearsSound())
        await pbx.stopPlaying(playback)
        expect(await event('played', (one) => one.playback === playback)).toMatchObject({ complete: false })
        await expect(pbx.stopPlaying(playback)).resolves.toBeUndefined()
      })

      it('can be stopped before the exchange has taken it', async () => {
        const { id } = await answered()
        const tone = newId<PlaybackId>('tone')
        const played = pbx.play(id, tone, [{ kind: 'tone', tone: 'busy', zone: 'se' }])
        const stopped = pbx.stopPlaying(tone)
        await Promise.all([played, stopped])
        expect(await event('played', (one) => one.playback === tone)).toMatchObject({ complete: false })
        await expect(pbx.note(id, { a: '1' })).resolves.toBeUndefined()
      })

      it('plays a tone until it is stopped', async () => {
        const { id } = await answered()
        const tone = newId<PlaybackId>('tone')
        const after = newId<PlaybackId>('after')
        await pbx.play(id, tone, [{ kind: 'tone', tone: 'busy', zone: 'se' }])
        await pbx.play(id, after, [harness.sounds.short])
        await pbx.stopPlaying(tone)
        await event('played', (one) => one.playback === after)
        const ends = all('played').filter((one) => one.playback === tone || one.playback === after)
        expect(ends).toMatchObject([{ complete: false }, { complete: true }])
      })

      it('plays one playing after the other', async () => {
        const { id } = await answered()
        const first = newId<PlaybackId>('play')
        const second = newId<PlaybackId>('play')
        await pbx.play(id, first, [harness.sounds.short])
        await pbx.play(id, second, [harness.sounds.short])
        await event('played', (one) => one.playback === second)
        const order = all('played').map((one) => one.playback)
        expect(order.indexOf(first)).toBeLessThan(order.indexOf(second))
        expect(order).toContain(first)
      })

      it('refuses an id that is in use, and takes it again when it has ended', async () => {
        const { id } = await answered()
        const playback = newId<PlaybackId>('play')
        await pbx.play(id, playback, [harness.sounds.long])
        await expect(pbx.play(id, playback, [harness.sounds.short])).rejects.toBeInstanceOf(AlreadyExists)
        await pbx.stopPlaying(playback)
        await event('played', (one) => one.playback === playback)
        await expect(pbx.play(id, playback, [harness.sounds.short])).resolves.toBeUndefined()
      })

      it('takes four on a leg, and refuses a fifth until one has ended', async () => {
        const { id } = await answered()
        const playbacks = [1, 2, 3, 4].map(() => newId<PlaybackId>('play'))
        for (const playback of playbacks) await pbx.play(id, playback, [harness.sounds.long])
        const fifth = newId<PlaybackId>('play')
        const refused = pbx.play(id, fifth, [harness.sounds.short])
        await expect(refused).rejects.toBeInstanceOf(WrongState)
        await pbx.stopPlaying(playbacks[0]!)
        await event('played', (one) => one.playback === playbacks[0])
        await expect(pbx.play(id, fifth, [harness.sounds.short])).resolves.toBeUndefined()
      })

      it('refuses a recording that does not exist', async () => {
        const { id } = await answered()
        const sounds: readonly Sound[] = [{ kind: 'recording', name: 'never-was' as RecordingName }]
        await expect(pbx.play(id, newId<PlaybackId>('play'), sounds)).rejects.toBeInstanceOf(NoSuchThing)
      })

      it('is refused to a leg of ours that was not answered', async () => {
        const { id } = await ringing()
        const refused = pbx.play(id, newId<PlaybackId>('play'), [harness.sounds.short])
        await expect(refused).rejects.toBeInstanceOf(WrongState)
      })

      it('ends, not complete, before its leg is gone', async () => {
        const { id, call } = await answered()
        const playing = newId<PlaybackId>('play')
        const waiting = newId<PlaybackId>('play')
        await pbx.play(id, playing, [harness.sounds.long])
        await pbx.play(id, waiting, [harness.sounds.short])
        await harness.until('the sound', () => call.hearsSound())
        call.hangUp()
        await gone(id)
        const end = events.findIndex((one) => one.kind === 'gone' && one.leg === id)
        const told = events.slice(0, end).filter((one) => one.kind === 'played')
        expect(told.filter((one) => one.playback === playing || one.playback === waiting)).toMatchObject([
          { playback: playing, complete: false },
          { playback: waiting, complete: false },
        ])
      })

      const cutters: readonly [string, (leg: LegId) => Promise<unknown>][] = [
        ['enters a room', (leg) => openTalk(leg)],
        ['is answered', (leg) => pbx.answer(leg)],
        [
          'is left to the dialplan',
          async (leg) => {
            await pbx.leaveTo(leg, harness.dialplan)
            // Until then it is in the snapshot, and whoever hangs it up is not told that it is gone.
            await event('left', (one) => one.leg === leg)
          },
        ],
      ]
      it.each(cutters)('is cut short, with all that waits, when its leg %s', async (_, command) => {
        const { id, call } = await callIn()
        const playing = newId<PlaybackId>('play')
        const waiting = newId<PlaybackId>('play')
        await pbx.play(id, playing, [harness.sounds.long])
        await pbx.play(id, waiting, [{ kind: 'tone', tone: 'busy', zone: 'se' }])
        await harness.until('the sound', () => call.hearsSound())
        await command(id)
        expect(await event('played', (one) => one.playback === playing)).toMatchObject({ complete: false })
        expect(await event('played', (one) => one.playback === waiting)).toMatchObject({ complete: false })
      })

      it('holds up notes and names, but nothing on other legs', async () => {
        const anna = await answered(harness.phones.anna)
        const playback = newId<PlaybackId>('play')
        await pbx.play(anna.id, playback, [harness.sounds.short, harness.sounds.short])
        let atNote: readonly PlaybackId[] | undefined
        const noted = pbx.note(anna.id, { step: 'two' }).then(() => {
          atNote = all('played').map((one) => one.playback)
        })
        const bertil = await answered(harness.phones.bertil)
        await pbx.note(bertil.id, { step: 'one' })
        expect(all('played').map((one) => one.playback)).not.toContain(playback)
        expect(await harness.until('the note', () => atNote)).toContain(playback)
        await noted
        const notes = (await pbx.snapshot()).legs.map((leg) => [leg.id, leg.notes])
        expect(notes).toContainEqual([anna.id, { step: 'two' }])
        expect(notes).toContainEqual([bertil.id, { step: 'one' }])
      })

      it('refuses notes and names during a tone, which would hold them up for ever', async () => {
        const { id } = await answered()
        const tone = newId<PlaybackId>('tone')
        await pbx.play(id, tone, [{ kind: 'tone', tone: 'busy', zone: 'se' }])
        await expect(pbx.note(id, { a: '1' })).rejects.toBeInstanceOf(WrongState)
        await expect(pbx.show(id, { number: '1' })).rejects.toBeInstanceOf(WrongState)
        await expect(pbx.limit(id, 60)).rejects.toBeInstanceOf(WrongState)
        await pbx.stopPlaying(tone)
        await event('played', (one) => one.playback === tone)
        await expect(pbx.note(id, { a: '1' })).resolves.toBeUndefined()
      })

      it('starts and stops music', async () => {
        const { id, call } = await answered()
        await pbx.startMusic(id, 'default')
        await harness.until('music', () => call.hearsMusic())
        await pbx.stopMusic(id)
        await harness.until('silence', () => !call.hearsMusic())
        await expect(pbx.stopMusic(id)).resolves.toBeUndefined()
      })
    })

    describe('keys', () => {
      it('are told in order, also during a sound', async () => {
        const { id, call } = await answered()
        await pbx.play(id, newId<PlaybackId>('play'), [harness.sounds.long])
        await harness.until('the sound', () => call.hearsSound())
        await call.press('1209*#')
        await harness.until('six keys', () => keys(id).length === 6)
        expect(keys(id)).toBe('1209*#')
      })

      it('are told in a talk', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        await openTalk(anna.id, bertil.id)
        await harness.until('speech', () => bertil.call.hears(anna.call))
        await anna.call.press('7')
        await harness.until('the key', () => keys(anna.id) === '7')
        expect(keys(bertil.id)).toBe('')
      })

      it('can be sent to a phone', async () => {
        const { id, call } = await answered()
        await pbx.sendDigits(id, '42#')
        await harness.until('the keys', () => call.receivedDigits() === '42#')
      })
    })

    describe('recording', () => {
      const recorded = (name: RecordingName): Promise<Extract<PbxEvent, { kind: 'recorded' }>> =>
        event('recorded', (one) => one.recording === name)

      it('ends with its end key, which is not told; other keys are told', async () => {
        const { id, call } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, endKey: '#' })
        await harness.until('packets', () => call.isUp())
        await call.press('5')
        await harness.until('the key', () => keys(id) === '5')
        await call.press('#')
        expect(await recorded(name)).toMatchObject({ ok: true })
        expect(keys(id)).toBe('5')
        await call.press('#')
        await harness.until('the key', () => keys(id) === '5#')
      })

      it('ends after its longest time', async () => {
        const { id } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, maxSeconds: 2, beep: true })
        // Asterisk counts the sound that has arrived, in whole seconds.
        const { ok, seconds } = await recorded(name)
        expect(ok).toBe(true)
        expect([1, 2]).toContain(seconds)
      })

      it('ends in silence', async () => {
        const { id, call } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, silenceSeconds: 1 })
        call.speak(false)
        const { ok, seconds } = await recorded(name)
        expect(ok).toBe(true)
        expect(seconds).toBeLessThan(limits.maxSeconds)
      })

      it('can be stopped, which may be repeated', async () => {
        const { id, call } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, endKey: '*' })
        await call.press('1')
        await harness.until('the key', () => keys(id) === '1')
        await pbx.stopRecording(name)
        expect(await recorded(name)).toMatchObject({ ok: true })
        await expect(pbx.stopRecording(name)).resolves.toBeUndefined()
      })

      it('can be played and deleted', async () => {
        const { id } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, maxSeconds: 1 })
        await recorded(name)
        const playback = newId<PlaybackId>('play')
        await pbx.play(id, playback, [{ kind: 'recording', name }])
        expect(await event('played', (one) => one.playback === playback)).toMatchObject({ complete: true })
        await pbx.deleteRecording(name)
        await expect(pbx.deleteRecording(name)).resolves.toBeUndefined()
        const again = pbx.play(id, newId<PlaybackId>('play'), [{ kind: 'recording', name }])
        await expect(again).rejects.toBeInstanceOf(NoSuchThing)
      })

      it('begins when what plays has ended, and what is played next waits for it', async () => {
        const { id } = await answered()
        const before = newId<PlaybackId>('play')
        const name = newId<RecordingName>('recording')
        const after = newId<PlaybackId>('play')
        await pbx.play(id, before, [harness.sounds.short])
        await pbx.record(id, name, { ...limits, maxSeconds: 1 })
        await pbx.play(id, after, [harness.sounds.short])
        expect(await event('played', (one) => one.playback === after)).toMatchObject({ complete: true })
        const told = events.filter(
          (one) =>
            (one.kind === 'played' && (one.playback === before || one.playback === after)) ||
            (one.kind === 'recorded' && one.recording === name),
        )
        expect(told).toMatchObject([
          { playback: before, complete: true },
          { recording: name, ok: true },
          { playback: after, complete: true },
        ])
      })

      it('holds up notes until it has ended', async () => {
        const { id } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, maxSeconds: 1 })
        let recordedBefore: boolean | undefined
        void pbx.note(id, { step: 'two' }).then(() => {
          recordedBefore = all('recorded').some((one) => one.recording === name)
        })
        expect(
          await harness.until('the note', () => recordedBefore !== undefined && [recordedBefore]),
        ).toEqual([true])
      })

      it('is kept, and told, when its leg enters a room', async () => {
        const { id, call } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, limits)
        await call.press('1')
        await harness.until('the key', () => keys(id) === '1')
        await openTalk(id)
        expect(await recorded(name)).toMatchObject({ ok: true })
      })

      it('refuses a name that is in use', async () => {
        const { id, call } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, limits)
        await expect(pbx.record(id, name, limits)).rejects.toBeInstanceOf(AlreadyExists)
        await call.press('1')
        await harness.until('the key', () => keys(id) === '1')
        await pbx.stopRecording(name)
        await recorded(name)
        await expect(pbx.record(id, name, limits)).rejects.toBeInstanceOf(AlreadyExists)
        await pbx.deleteRecording(name)
      })

      it('is kept, and told, when the caller hangs up', async () => {
        const { id, call } = await answered()
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, limits)
        await call.press('1')
        await harness.until('the key', () => keys(id) === '1')
        call.hangUp()
        expect(await recorded(name)).toMatchObject({ ok: true })
        await gone(id)
        const told = events.findIndex((one) => one.kind === 'recorded' && one.recording === name)
        expect(told).toBeLessThan(events.findIndex((one) => one.kind === 'gone' && one.leg === id))
        await pbx.deleteRecording(name)
      })

      it('is refused in a room', async () => {
        const { id } = await answered()
        await openTalk(id)
        const refused = pbx.record(id, newId<RecordingName>('recording'), limits)
        await expect(refused).rejects.toBeInstanceOf(WrongState)
      })
    })

    describe('a leg that we create', () => {
      it('arrives as ours, down, with its notes; the phone knows nothing yet', async () => {
        const { bertil } = harness.phones
        const leg = legTo(bertil.device, { notes: { role: 'callee' } })
        expect(await pbx.createLeg(leg)).toBe('created')
        const arrived = await event('arrived', (one) => one.leg.id === leg.id)
        expect(arrived.args).toEqual(['ours'])
        expect(arrived.leg).toMatchObject({ device: bertil.device, state: 'down', notes: { role: 'callee' } })
        expect(bertil.incoming()).toBeUndefined()
      })

      it('exists once, however often it is created', async () => {
        const { bertil, carla } = harness.phones
        const leg = legTo(bertil.device)
        expect(await pbx.createLeg(leg)).toBe('created')
        expect(await pbx.createLeg(leg)).toBe('existed')
        const other = pbx.createLeg({ ...leg, to: { kind: 'device', device: carla.device } })
        await expect(other).rejects.toBeInstanceOf(AlreadyExists)
        expect((await pbx.snapshot()).legs.filter((one) => one.id === leg.id)).toHaveLength(1)
      })

      it('TN-4 brings headers to the phone', async () => {
        const headers = { 'Alert-Info': '<http://vaxel.invalid>;info=recall' }
        const { call } = await ringing(harness.phones.bertil, { headers })
        expect(call.header('Alert-Info')).toBe(headers['Alert-Info'])
      })

      it('goes out through a trunk to the number given', async () => {
        const { trunk } = harness
        const id = await created(trunk, {
          to: { kind: 'trunk', trunk: trunk.device, number: '+46701740630' },
        })
        await pbx.dial(id, { ringSeconds: 30 })
        const call = await taken(trunk)
        expect(call.called()).toBe('+46701740630')
        call.answer()
        await event('state', (one) => one.leg === id && one.state === 'up')
      })

      it.each(['', 'anna', '1;x=y', '1'.repeat(41)])('goes through no trunk to %j', async (number) => {
        const to = { kind: 'trunk', trunk: harness.trunk.device, number } as const
        const refused = pbx.createLeg(legTo(harness.trunk.device, { to }))
        await expect(refused).rejects.toBeInstanceOf(CannotReach)
      })

      it('R-05 cannot be made to a phone that is not registered, or unknown', async () => {
        await expect(pbx.createLeg(legTo(harness.absent))).rejects.toBeInstanceOf(CannotReach)
        await expect(pbx.createLeg(legTo('nobody' as DeviceName))).rejects.toBeInstanceOf(CannotReach)
      })

      it('rings with the given name and number, and is up when answered', async () => {
        const { id, call } = await ringing()
        expect(call.shown()).toEqual({ name: 'Åsa Öberg', number: '123' })
        call.answer()
        await event('state', (one) => one.leg === id && one.state === 'up')
        call.hangUp()
        expect(await gone(id)).toMatchObject({ end: 'normal' })
        const told = story(id)
        expect(told[0]).toBe('arrived')
        expect(told.indexOf('ringing')).toBeLessThan(told.indexOf('up'))
        expect(told.at(-1)).toBe('gone')
        expect(told.filter((word) => word === 'gone')).toHaveLength(1)
      })

      it('shows the given name and number also when it is dialled for a caller in the same room', async () => {
        const caller = await callIn()
        const id = await created(harness.phones.bertil, { originator: caller.id })
        await openTalk(caller.id, id)
        await pbx.dial(id, { caller: caller.id, ringSeconds: 30 })
        const call = await taken(harness.phones.bertil)
        expect(call.shown()).toEqual({ name: 'Åsa Öberg', number: '123' })
      })

      it('can be dialled only once', async () => {
        const { id } = await ringing()
        await expect(pbx.dial(id, { ringSeconds: 5 })).rejects.toBeInstanceOf(WrongState)
      })

      it.each(['busy', 'rejected'] as const)('R-05 ends as its phone says: %s', async (how) => {
        const id = await created()
        await pbx.dial(id, { ringSeconds: 30 })
        const call = await taken(harness.phones.bertil)
        call.ring()
        call.reject(how)
        expect(await gone(id)).toMatchObject({ end: how })
      })

      it('R-05 ends as not answered when the ring time is over', async () => {
        const id = await created()
        await pbx.dial(id, { ringSeconds: 2 })
        const call = await taken(harness.phones.bertil)
        call.ring()
        await event('state', (one) => one.leg === id && one.state === 'ringing')
        expect(await gone(id)).toMatchObject({ end: 'noAnswer' })
        expect(await harness.until('the end', () => call.endedBecause())).toBe('noAnswer')
      })

      it('R-05 was not reachable when its phone says nothing until the ring time is over', async () => {
        const id = await created()
        await pbx.dial(id, { ringSeconds: 2 })
        await taken(harness.phones.bertil)
        expect(await gone(id)).toMatchObject({ end: 'notReachable' })
      })

      it('tells its phone that another one answered', async () => {
        const { id, call } = await ringing()
        await pbx.hangUp(id, 'answeredElsewhere')
        expect(await harness.until('the end', () => call.endedBecause())).toBe('answeredElsewhere')
        expect(await gone(id)).toMatchObject({ end: 'answeredElsewhere' })
      })

      it('ends normally when we give up ringing', async () => {
        const { id, call } = await ringing()
        await pbx.hangUp(id, 'normal')
        await harness.until('the end', () => call.endedBecause())
        expect(await gone(id)).toMatchObject({ end: 'normal' })
      })
    })

    describe('rooms', () => {
      it('tell the notes of a talk from when somebody has been in it; with music at once', async () => {
        const notesOf = async (room: RoomId) =>
          (await pbx.snapshot()).rooms.find((one) => one.id === room)?.notes
        const { id } = await answered()
        const [talk, noted] = [newId<RoomId>('talk'), newId<RoomId>('talk')]
        await pbx.openRoom(talk, 'talk', { call: 'c1' })
        await pbx.openRoom(noted, 'talk', { call: 'c2' })
        await pbx.noteRoom(noted, { talk: 't' })
        expect([await notesOf(talk), await notesOf(noted)]).toEqual([{}, { call: 'c2', talk: 't' }])
        await pbx.enter(talk, [id])
        await harness.until('the notes', async () => (await notesOf(talk))?.['call'] === 'c1')
        await pbx.leave(talk, [id])
        await event('leftRoom', (one) => one.room === talk && one.leg === id)
        expect(await notesOf(talk)).toEqual({ call: 'c1' })
      })

      it('may be left by a leg that rings: it rings on, and may come back when it has answered', async () => {
        const anna = await answered(harness.phones.anna)
        const id = await created(harness.phones.bertil)
        const room = await openTalk(id)
        await pbx.dial(id, { ringSeconds: 30 })
        const call = await taken(harness.phones.bertil)
        call.ring()
        await event('state', (one) => one.leg === id && one.state === 'ringing')
        await pbx.leave(room, [id])
        await event('leftRoom', (one) => one.room === room && one.leg === id)
        call.answer()
        await event('state', (one) => one.leg === id && one.state === 'up')
        await pbx.enter(room, [anna.id, id])
        await harness.until('speech', () => anna.call.hears(call) && call.hears(anna.call))
      })

      it('G-09 do not keep the exchange from ending a leg that rings in one for too long', async () => {
        const id = await created(harness.phones.bertil)
        await openTalk(id)
        await pbx.dial(id, { ringSeconds: 2 })
        const call = await taken(harness.phones.bertil)
        call.ring()
        expect(await gone(id)).toMatchObject({ end: 'noAnswer' })
        expect(await harness.until('the end', () => call.endedBecause())).toBe('noAnswer')
      })

      it('let somebody in beside a leg that sits there since before it rang', async () => {
        const anna = await answered(harness.phones.anna)
        const id = await created(harness.phones.bertil)
        const room = newId<RoomId>('talk')
        // In one breath: each is carried out behind the one before.
        const done = Promise.all([
          pbx.openRoom(room, 'talk', {}),
          pbx.enter(room, [id], { keysKept: [id] }),
          pbx.dial(id, { ringSeconds: 30 }),
        ])
        const call = await taken(harness.phones.bertil)
        await done
        call.ring()
        await event('state', (one) => one.leg === id && one.state === 'ringing')
        call.answer()
        await event('state', (one) => one.leg === id && one.state === 'up')
        await pbx.enter(room, [anna.id])
        await harness.until('speech', () => anna.call.hears(call) && call.hears(anna.call))
      })

      it('are opened once; another kind of the same name is refused', async () => {
        const room = newId<RoomId>('talk')
        expect(await pbx.openRoom(room, 'talk', { call: 'c1' })).toBe('opened')
        expect(await pbx.openRoom(room, 'talk', { call: 'c1' })).toBe('existed')
        await expect(pbx.openRoom(room, 'holding', {})).rejects.toBeInstanceOf(AlreadyExists)
      })

      it('let everybody in a talk hear everybody', async () => {
        const { anna, bertil, carla } = harness.phones
        const people = [await answered(anna), await answered(bertil), await answered(carla)]
        await openTalk(...people.map((one) => one.id))
        for (const one of people)
          for (const other of people)
            if (one !== other) await harness.until('speech', () => one.call.hears(other.call))
      })

      it('may be entered twice', async () => {
        const { id } = await answered()
        const room = await openTalk(id)
        await expect(pbx.enter(room, [id])).resolves.toBeUndefined()
        await harness.until('it to be in the room', async () => {
          const found = (await pbx.snapshot()).rooms.find((one) => one.id === room)
          return found?.legs.includes(id)
        })
      })

      it('are refused when they do not exist', async () => {
        const { id } = await answered()
        const room = newId<RoomId>('talk')
        await expect(pbx.enter(room, [id])).rejects.toBeInstanceOf(NoSuchThing)
      })

      it('take nobody in when one of them is gone', async () => {
        const anna = await answered(harness.phones.anna)
        const room = await openTalk()
        await expect(pbx.enter(room, [anna.id, 'never-was' as LegId])).rejects.toBeInstanceOf(NoSuchThing)
        expect((await pbx.snapshot()).rooms.find((one) => one.id === room)?.legs).toEqual([])
      })

      it('can be left; the leg lives on; leaving again is no error', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = await openTalk(anna.id, bertil.id)
        await harness.until('speech', () => anna.call.hears(bertil.call))
        await pbx.leave(room, [bertil.id])
        await event('leftRoom', (one) => one.room === room && one.leg === bertil.id)
        await harness.until('no speech', () => !anna.call.hears(bertil.call))
        await expect(pbx.leave(room, [bertil.id])).resolves.toBeUndefined()
        expect(bertil.call.isUp()).toBe(true)
      })

      it('are left for another one by entering it', async () => {
        const { id } = await answered()
        const first = await openTalk(id)
        const second = await openTalk(id)
        const told = events.filter(
          (one) => (one.kind === 'entered' || one.kind === 'leftRoom') && one.leg === id,
        )
        expect(told).toMatchObject([
          { kind: 'entered', room: first },
          { kind: 'leftRoom', room: first },
          { kind: 'entered', room: second },
        ])
      })

      it('leave their legs alive when closed; closing again is no error', async () => {
        const { id, call } = await answered()
        const room = await openTalk(id)
        await pbx.closeRoom(room)
        await event('leftRoom', (one) => one.room === room && one.leg === id)
        await expect(pbx.closeRoom(room)).resolves.toBeUndefined()
        expect(call.isUp()).toBe(true)
        expect((await pbx.snapshot()).rooms.map((one) => one.id)).not.toContain(room)
      })

      it('are left by who hangs up; the others stay', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = await openTalk(anna.id, bertil.id)
        anna.call.hangUp()
        await gone(anna.id)
        expect(story(anna.id).slice(-2)).toEqual(['leftRoom', 'gone'])
        expect((await pbx.snapshot()).rooms.find((one) => one.id === room)?.legs).toEqual([bertil.id])
        expect(bertil.call.isUp()).toBe(true)
      })

      it('pass ringing and answer on to a caller who waits in it with the dialled leg', async () => {
        const caller = await callIn()
        const id = await created(harness.phones.bertil, { originator: caller.id })
        await openTalk(caller.id, id)
        await pbx.dial(id, { caller: caller.id, ringSeconds: 30 })
        const call = await taken(harness.phones.bertil)
        call.ring()
        await harness.until('ringback', () => caller.call.hasRingback())
        expect(caller.call.isUp()).toBe(false)
        call.answer()
        await event('state', (one) => one.leg === caller.id && one.state === 'up')
        await harness.until('speech', () => caller.call.hears(call) && call.hears(caller.call))
      })

      it('P-05 G-08 have music for whoever enters a second time', async () => {
        const { id, call } = await answered()
        const room = newId<RoomId>('park')
        await pbx.openRoom(room, 'holding', {})
        await Promise.all([pbx.enter(room, [id]), pbx.enter(room, [id])])
        await harness.until('music', () => call.hearsMusic())
      })

      it('Q-22 have music for whoever enters when the last one has left', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = newId<RoomId>('queue')
        await pbx.openRoom(room, 'holding', {})
        await pbx.enter(room, [anna.id])
        await harness.until('music', () => anna.call.hearsMusic())
        expect(await pbx.openRoom(room, 'holding', {})).toBe('existed')
        await pbx.leave(room, [anna.id])
        await pbx.enter(room, [bertil.id])
        await harness.until('music', () => bertil.call.hearsMusic())
      })

      it('have music for whoever comes from another room with music, or from one that was closed', async () => {
        const { id, call } = await answered()
        const rooms = [newId<RoomId>('queue'), newId<RoomId>('park')] as const
        for (const room of rooms) await pbx.openRoom(room, 'holding', {})
        await pbx.enter(rooms[0], [id], { music: 'of-the-queue' })
        await harness.until('music', () => call.hearsMusic())
        await pbx.enter(rooms[1], [id])
        await harness.until('music', () => call.hearsMusic())
        await pbx.closeRoom(rooms[1])
        await harness.until('silence', () => !call.hearsMusic())
        expect(await pbx.openRoom(rooms[1], 'holding', {})).toBe('opened')
        await pbx.enter(rooms[1], [id])
        await harness.until('music', () => call.hearsMusic())
      })

      it('Q-22 go on with the music after a sentence to one of them', async () => {
        const { id, call } = await answered()
        const room = newId<RoomId>('queue')
        await pbx.openRoom(room, 'holding', {})
        await pbx.enter(room, [id])
        await harness.until('music', () => call.hearsMusic())
        const playback = newId<PlaybackId>('words')
        await pbx.play(id, playback, [harness.sounds.short])
        await harness.until('the sound', () => call.hearsSound())
        await event('played', (one) => one.playback === playback)
        await harness.until('music', () => call.hearsMusic() && !call.hearsSound())
      })

      it('hold with music, and nobody hears anybody', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = newId<RoomId>('park')
        await pbx.openRoom(room, 'holding', {})
        await pbx.enter(room, [anna.id, bertil.id])
        await harness.until('music', () => anna.call.hearsMusic() && bertil.call.hearsMusic())
        expect(anna.call.hears(bertil.call)).toBe(false)
        await anna.call.press('3')
        await harness.until('the key', () => keys(anna.id) === '3')
      })
    })

    describe('transfers by a phone', () => {
      it('I-20 blind: one half of an inner pair takes its place, the other comes from the dialplan', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = await openTalk(anna.id, bertil.id)
        anna.call.transfer('300')
        const near = await event('arrived', (one) => one.replaces === anna.id)
        const far = await event('arrived', ({ leg }) => leg.pair === near.leg.pair && leg.id !== near.leg.id)
        expect(near.leg).toMatchObject({ device: undefined, pair: expect.any(String) as string })
        expect(far).toMatchObject({ args: ['transfer'], leg: { device: undefined, dialled: '300' } })
        expect(await gone(anna.id)).toMatchObject({ end: 'normal' })
        await event('entered', (one) => one.room === room && one.leg === near.leg.id)
        anna.call.hangUp() // as phones do by themselves when they are told that it worked
        expect(bertil.call.isUp()).toBe(true)
        const snapshot = await pbx.snapshot()
        expect(snapshot.rooms.find((one) => one.id === room)?.legs.toSorted()).toEqual(
          [bertil.id, near.leg.id].toSorted(),
        )
      })

      it.each(['talk', 'holding'] as const)(
        'P-20 INVITE with Replaces: another phone takes the place of a leg in a room (%s)',
        async (kind) => {
          const anna = await answered(harness.phones.anna)
          const bertil = await answered(harness.phones.bertil)
          const room = newId<RoomId>(kind)
          await pbx.openRoom(room, kind, {})
          await pbx.enter(room, kind === 'talk' ? [anna.id, bertil.id] : [anna.id])
          await event('entered', (one) => one.leg === anna.id && one.room === room)
          const carla = harness.phones.carla.takeOver(anna.call)
          const came = await event('arrived', (one) => one.replaces === anna.id)
          expect(came.leg).toMatchObject({
            device: harness.phones.carla.device,
            pair: undefined,
            state: 'up',
          })
          expect(await gone(anna.id)).toMatchObject({ end: 'normal' })
          await event('entered', (one) => one.room === room && one.leg === came.leg.id)
          await harness.until('the phone to be answered', () => carla.isUp())
          await harness.until('the end of the other', () => !anna.call.isUp())
          if (kind === 'talk') await harness.until('speech', () => bertil.call.hears(carla))
          const next = newId<RoomId>('next')
          await Promise.all([
            pbx.note(came.leg.id, { step: 'taken over' }),
            pbx.limit(came.leg.id, 2),
            pbx.openRoom(next, 'holding', {}),
            pbx.enter(next, [came.leg.id]),
          ])
          await harness.until('music', () => carla.hearsMusic())
          await event('arrived', (one) => one.leg.id === came.leg.id && one.args[0] === 'timeout')
          expect(carla.isUp()).toBe(true)
          await pbx.hangUp(came.leg.id, 'normal')
          expect(await gone(came.leg.id)).toMatchObject({ end: 'normal' })
        },
      )

      it('I-20 attended: each half of an inner pair takes its place in one of its two talks', async () => {
        const first = await answered(harness.phones.anna)
        const second = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const carla = await answered(harness.phones.carla)
        const rooms = [await openTalk(first.id, bertil.id), await openTalk(second.id, carla.id)]
        first.call.transferTo(second.call)
        const halves = [
          await event('arrived', (one) => one.replaces === first.id),
          await event('arrived', (one) => one.replaces === second.id),
        ]
        expect(halves[0]?.leg.pair).toBeDefined()
        expect(halves[1]?.leg.pair).toBe(halves[0]?.leg.pair)
        expect(halves[1]?.leg.id).not.toBe(halves[0]?.leg.id)
        for (const { id } of [first, second]) expect(await gone(id)).toMatchObject({ end: 'normal' })
        for (const [index, room] of rooms.entries())
          await event('entered', (one) => one.room === room && one.leg === halves[index]?.leg.id)
        await harness.until('speech', () => bertil.call.hears(carla.call) && carla.call.hears(bertil.call))
      })
    })

    describe('M-06 what is kept beside the store', () => {
      it('is there for the next run, and gone when it is emptied', async () => {
        const name = `agent_ex-empel_${newId('kept')}`
        const text = JSON.stringify({ queues: [{ queue: 'a-b', in: true }], why: 'Å "${x}", \\ (1)' })
        expect(await pbx.kept(name)).toBe('')
        await pbx.keep(name, text)
        expect(await pbx.kept(name)).toBe(text)
        await pbx.keep(name, '')
        expect(await pbx.kept(name)).toBe('')
      })
    })

    it('I-20 those who talk with each other have the same link, and others another one', async () => {
      const anna = await answered(harness.phones.anna)
      const bertil = await answered(harness.phones.bertil)
      const carla = await answered(harness.phones.carla)
      await openTalk(anna.id, bertil.id)
      const links = await Promise.all([anna, bertil, carla].map(({ id }) => pbx.linkOf(id)))
      expect(links[0]).not.toBe('')
      expect(links[1]).toBe(links[0])
      expect(links[2]).not.toBe(links[0])
      await expect(pbx.linkOf('never-was' as LegId)).rejects.toBeInstanceOf(NoSuchThing)
    })

    describe('the limit of a leg', () => {
      it('takes it out of its room, into the dialplan and back', async () => {
        const { id, call } = await answered()
        const room = await openTalk(id)
        await pbx.limit(id, 1)
        await event('leftRoom', (one) => one.room === room && one.leg === id)
        const back = await event('arrived', (one) => one.leg.id === id && one.args[0] === 'timeout')
        expect(back.leg.state).toBe('up')
        expect(story(id)).toEqual(['arrived', 'up', 'entered', 'leftRoom', 'left', 'arrived'])
        expect(call.isUp()).toBe(true)
      })

      const dialled = async (): Promise<{ readonly id: LegId; readonly call: CallAtPhone }> => {
        const { id, call } = await ringing()
        call.answer()
        await event('state', (one) => one.leg === id && one.state === 'up')
        return { id, call }
      }

      it('P-18 takes a leg that we dialled as well, which leaves its room when it is first set', async () => {
        const { id, call } = await dialled()
        const room = await openTalk(id)
        await pbx.limit(id, 60)
        expect(story(id)).toEqual(['arrived', 'ringing', 'up', 'entered', 'leftRoom'])
        await pbx.enter(room, [id])
        await pbx.limit(id, 1)
        const back = await event('arrived', (one) => one.leg.id === id && one.args[0] === 'timeout')
        expect(back.leg).toMatchObject({ state: 'up', device: harness.phones.bertil.device })
        expect(story(id).slice(5)).toEqual(['entered', 'leftRoom', 'left', 'arrived'])
        expect(call.isUp()).toBe(true)
        call.hangUp()
        expect(await gone(id)).toMatchObject({ end: 'normal' })
        expect(story(id).slice(9)).toEqual(['gone'])
      })

      it('of a leg that we dialled holds up what is asked of the leg meanwhile', async () => {
        const { id, call } = await dialled()
        const room = newId<RoomId>('park')
        const asked = [
          pbx.limit(id, 60),
          pbx.note(id, { step: 'parked' }),
          pbx.openRoom(room, 'holding', {}),
          pbx.enter(room, [id]),
        ]
        await Promise.all(asked)
        await harness.until('music', () => call.hearsMusic())
        const { legs, rooms } = await pbx.snapshot()
        expect(legs.find((leg) => leg.id === id)?.notes).toEqual({ step: 'parked' })
        expect(rooms.find(({ id: one }) => one === room)?.legs).toEqual([id])
      })

      it('of a leg that we dialled is refused when it hangs up at that moment, and its end is told once', async () => {
        const { id, call } = await dialled()
        call.hangUp()
        await pbx.limit(id, 60).catch((error: unknown) => {
          expect(error instanceof NoSuchThing || error instanceof WrongState).toBe(true)
        })
        expect(await gone(id)).toMatchObject({ end: 'normal' })
        expect(story(id).filter((word) => word === 'gone')).toEqual(['gone'])
      })

      it('is taken away by 0', async () => {
        const { id } = await answered()
        await pbx.limit(id, 1)
        await pbx.limit(id, 0)
        const playback = newId<PlaybackId>('play')
        await pbx.play(id, playback, [harness.sounds.short, harness.sounds.short])
        expect(await event('played', (one) => one.playback === playback)).toMatchObject({ complete: true })
        expect(story(id)).toEqual(['arrived', 'up'])
      })
    })

    describe('talks of three', () => {
      it('I-22 C-10 keys that are kept are told and reach nobody; those of others do', async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = newId<RoomId>('talk')
        await pbx.openRoom(room, 'talk', {})
        await pbx.enter(room, [anna.id, bertil.id], { keysKept: [anna.id] })
        await harness.until('speech', () => bertil.call.hears(anna.call) && anna.call.hears(bertil.call))
        await anna.call.press('5')
        await bertil.call.press('6')
        await harness.until('the keys', () => keys(anna.id) === '5' && keys(bertil.id) === '6')
        await harness.until('the key at the other phone', () => anna.call.receivedDigits() === '6')
        await pbx.sendDigits(bertil.id, '7')
        await harness.until('the key that was sent', () => bertil.call.receivedDigits() === '7')
        expect(anna.call.receivedDigits()).toBe('6')
      })

      it('I-19 M-06 notes on a room are beside and over those it was opened with, also during a sound', async () => {
        const { id } = await answered()
        const room = newId<RoomId>('talk')
        await pbx.openRoom(room, 'talk', { call: 'c1', step: 'one' })
        await pbx.enter(room, [id])
        await pbx.play(id, newId<PlaybackId>('tone'), [{ kind: 'tone', tone: 'busy', zone: 'se' }])
        await pbx.noteRoom(room, { step: 'two', talk: '{"v":1,"name":"Å, ;"}' })
        const found = (await pbx.snapshot()).rooms.find((one) => one.id === room)
        expect(found?.notes).toEqual({ call: 'c1', step: 'two', talk: '{"v":1,"name":"Å, ;"}' })
        await expect(pbx.noteRoom('never-was' as RoomId, { a: '1' })).rejects.toBeInstanceOf(NoSuchThing)
      })
    })

    describe('ears', () => {
      const talkOfTwo = async () => {
        const anna = await answered(harness.phones.anna)
        const bertil = await answered(harness.phones.bertil)
        const room = await openTalk(anna.id, bertil.id)
        await harness.until('speech', () => anna.call.hears(bertil.call) && bertil.call.hears(anna.call))
        return { anna, bertil, room }
      }
      const openEar = async (leg: LegId, hears: 'everything' | 'nothing'): Promise<LegId> => {
        const ear = newId<LegId>('ear')
        expect(await pbx.openEar(ear, leg, hears)).toBe('created')
        const arrived = await event('arrived', (one) => one.leg.id === ear)
        expect(arrived.leg).toMatchObject({ earOf: leg, state: 'up' })
        expect(arrived.leg.device).toBeUndefined()
        return ear
      }

      it('C-03 whoever sits with one hears both sides, and is heard by its leg alone', async () => {
        const { anna, bertil } = await talkOfTwo()
        const carla = await answered(harness.phones.carla)
        const ear = await openEar(anna.id, 'everything')
        await openTalk(ear, carla.id)
        await harness.until('the coach to hear both', () =>
          [anna, bertil].every(({ call }) => carla.call.hears(call)),
        )
        await harness.until('the agent to hear both', () =>
          [carla, bertil].every(({ call }) => anna.call.hears(call)),
        )
        expect(bertil.call.hears(carla.call)).toBe(false)
        expect(bertil.call.hears(anna.call)).toBe(true)
      })

      it('I-03 TN-3 what is played to one is heard by its leg alone, and cuts nobody', async () => {
        const { anna, bertil } = await talkOfTwo()
        const ear = await openEar(anna.id, 'nothing')
        await pbx.play(ear, newId<PlaybackId>('play'), [harness.sounds.long])
        await harness.until('the sound', () => anna.call.hearsSound())
        await harness.until('speech', () => anna.call.hears(bertil.call) && bertil.call.hears(anna.call))
        expect(bertil.call.hearsSound()).toBe(false)
      })

      const recordedOf = (name: RecordingName) => event('recorded', (one) => one.recording === name)
      /** Lets two seconds pass by the exchange's own clock. */
      const twoSeconds = async (id: LegId): Promise<void> => {
        const name = newId<RecordingName>('recording')
        await pbx.record(id, name, { ...limits, maxSeconds: 2 })
        await recordedOf(name)
      }

      it('O-15 that are recorded keep what their leg says and hears, and nothing that is whispered to the others', async () => {
        const { anna, bertil } = await talkOfTwo()
        const carla = await answered(harness.phones.carla)
        const coach = await openEar(anna.id, 'everything')
        const room = await openTalk(coach, carla.id)
        await harness.until('the coach', () => anna.call.hears(carla.call))
        const ear = await openEar(bertil.id, 'everything')
        const name = newId<RecordingName>('recording')
        await pbx.record(ear, name, { ...limits, maxSeconds: 3 })
        expect(await recordedOf(name)).toMatchObject({ ok: true })
        expect(anna.call.hears(carla.call)).toBe(true)
        await pbx.leave(room, [carla.id])
        await pbx.play(carla.id, newId<PlaybackId>('play'), [{ kind: 'recording', name }])
        await harness.until('both sides', () => [anna, bertil].every(({ call }) => carla.call.hears(call)))
        expect(carla.call.hears(carla.call)).toBe(false)
        await pbx.deleteRecording(name)
      })

      it('O-14 that are recorded can be paused, also twice: what was paused is not in it', async () => {
        const { anna } = await talkOfTwo()
        const carla = await answered(harness.phones.carla)
        const ear = await openEar(anna.id, 'everything')
        const name = newId<RecordingName>('recording')
        await pbx.record(ear, name, limits)
        await twoSeconds(carla.id)
        await pbx.pauseRecording(name, true)
        await pbx.pauseRecording(name, true)
        await twoSeconds(carla.id)
        await twoSeconds(carla.id)
        await pbx.pauseRecording(name, false)
        await pbx.pauseRecording(name, false)
        await twoSeconds(carla.id)
        await pbx.stopRecording(name)
        const { ok, seconds } = await recordedOf(name)
        expect(ok).toBe(true)
        expect(seconds).toBeGreaterThan(2)
        expect(seconds).toBeLessThan(7) // it ran for more than eight
        await pbx.pauseRecording(name, true)
        await pbx.pauseRecording(newId<RecordingName>('never-was'), false)
        await pbx.deleteRecording(name)
      })

      it('are opened once, and ended by us or with their leg', async () => {
        const { anna, bertil } = await talkOfTwo()
        const ear = await openEar(anna.id, 'everything')
        expect(await pbx.openEar(ear, anna.id, 'everything')).toBe('existed')
        await expect(pbx.openEar(ear, bertil.id, 'everything')).rejects.toBeInstanceOf(AlreadyExists)
        const other = await openEar(anna.id, 'nothing')
        const known = (await pbx.snapshot()).legs.map(({ id, earOf }) => [id, earOf])
        expect(known).toContainEqual([ear, anna.id])
        await pbx.hangUp(other, 'normal')
        await gone(other)
        anna.call.hangUp()
        await gone(ear)
        await expect(pbx.openEar(newId<LegId>('ear'), anna.id, 'nothing')).rejects.toBeInstanceOf(NoSuchThing)
      })

      it('C-04 reach a leg that is alone only while it is fed silence, during which it hears no room', async () => {
        const { anna, bertil, room } = await talkOfTwo()
        const carla = await answered(harness.phones.carla)
        const ear = await openEar(anna.id, 'everything')
        await openTalk(ear, carla.id)
        await pbx.leave(room, [bertil.id])
        await pbx.feedSilence(anna.id, true)
        await pbx.feedSilence(anna.id, true)
        await harness.until('the coach', () => anna.call.hears(carla.call))
        await pbx.enter(room, [bertil.id])
        await harness.until(
          'the agent to be heard, and not to hear',
          () => bertil.call.hears(anna.call) && !anna.call.hears(bertil.call),
        )
        await pbx.feedSilence(anna.id, false)
        await pbx.feedSilence(anna.id, false)
        await harness.until('speech', () => anna.call.hears(bertil.call))
        await expect(pbx.feedSilence('never-was' as LegId, true)).rejects.toBeInstanceOf(NoSuchThing)
      })
    })

    describe('what else a phone shows and does', () => {
      it('O-17 lights its message lamp as told', async () => {
        const { anna } = harness.phones
        await pbx.setMessageLamp(anna.mailbox, { fresh: 2, heard: 1 })
        await harness.until('the lamp', () => anna.lamp()?.fresh === 2)
        expect(anna.lamp()).toEqual({ fresh: 2, heard: 1 })
        await pbx.setMessageLamp(anna.mailbox, { fresh: 0, heard: 3 })
        await harness.until('the lamp', () => anna.lamp()?.fresh === 0)
        expect(anna.lamp()).toEqual({ fresh: 0, heard: 3 })
      })

      it('shows the other party as told', async () => {
        const { id, call } = await answered()
        await pbx.show(id, { name: 'Kö Säljare', number: '555' })
        await harness.until(
          'the name',
          () => call.shown().name === 'Kö Säljare' && call.shown().number === '555',
        )
        const leg = (await pbx.snapshot()).legs.find((one) => one.id === id)
        expect(leg?.connected).toEqual({ name: 'Kö Säljare', number: '555' })
      })

      it('tells hold and resume', async () => {
        const { id, call } = await answered()
        await openTalk(id)
        call.hold()
        await event('held', (one) => one.leg === id)
        call.resume()
        await event('resumed', (one) => one.leg === id)
      })

      it('is reachable while it is registered', async () => {
        const { carla } = harness.phones
        expect(await pbx.isReachable(carla.device)).toBe(true)
        expect(await pbx.isReachable(harness.absent)).toBe(false)
        expect(await pbx.isReachable('nobody' as DeviceName)).toBe(false)
        expect(await pbx.reachableDevices()).toContain(carla.device)
        expect(await pbx.reachableDevices()).not.toContain(harness.absent)
        await carla.unregister()
        await event('reachable', (one) => one.device === carla.device && !one.reachable)
        expect(await pbx.isReachable(carla.device)).toBe(false)
        expect(await pbx.reachableDevices()).not.toContain(carla.device)
        const before = events.length
        await carla.register()
        await harness.until('it to be back', () =>
          events
            .slice(before)
            .some((one) => one.kind === 'reachable' && one.device === carla.device && one.reachable),
        )
      })

      it('is left to the dialplan: alive, and no longer ours', async () => {
        const { id, call } = await answered()
        await pbx.leaveTo(id, harness.dialplan)
        await event('left', (one) => one.leg === id)
        expect(call.isUp()).toBe(true)
        expect((await pbx.snapshot()).legs.map((leg) => leg.id)).not.toContain(id)
        await expect(pbx.indicateRinging(id)).rejects.toBeInstanceOf(WrongState)
        expect(story(id).at(-1)).toBe('left')
        call.hangUp()
        const later = await answered(harness.phones.bertil)
        later.call.hangUp()
        await gone(later.id)
        expect(story(id).at(-1)).toBe('left')
      })

      it('is told no more to a listener that was taken away', async () => {
        const heard: PbxEvent[] = []
        const stop = pbx.onEvent((one) => heard.push(one))
        await callIn(harness.phones.anna)
        const told = heard.length
        stop()
        await callIn(harness.phones.bertil)
        expect(told).toBeGreaterThan(0)
        expect(heard).toHaveLength(told)
      })
    })
  })
}
