import type { LegId } from '../../domain/ids.js'
import { WrongState } from '../../ports/pbx.js'
import { asteriskIdsOn, type Book } from './book.js'
import type { AriConnection } from './connection.js'
import type { Operation, Parameters } from './operations.js'
import type { RestAnswer } from './requests.js'

/**
 * Asterisk carries out some commands on a leg (answer, set a variable, into and out of a bridge) only when the leg's own
 * thread is free: not before a sound that plays to it, or a recording of it, has ended. Until then it does not answer, and
 * since it takes the requests of a websocket one after the other, the whole exchange would stand still. So such a command
 * is sent only to a leg that is idle, and over HTTP when that is not known. What is asked of one leg is carried out in the order asked for.
 */
export interface Lanes {
  /** Ends what plays and what is recorded, then carries out the command. */
  readonly cutting: (
    legs: readonly LegId[],
    operation: Operation,
    parameters: Parameters,
    body?: unknown,
  ) => Promise<RestAnswer>
  /** Waits for the sound or the recording to end. Rejects with `WrongState` when it is a tone, which does not end. */
  readonly waiting: (
    leg: LegId,
    operation: Operation,
    parameters: Parameters,
    body?: unknown,
  ) => Promise<RestAnswer>
  /** The same for what is more than one command: what is given to the leg meanwhile comes after it. */
  readonly alone: <T>(leg: LegId, work: () => Promise<T>) => Promise<T>
  /** Ends what plays and what is recorded. */
  readonly cut: (legs: readonly LegId[]) => Promise<void>
  /** Settles when what was given to the leg before and could not be sent at once has been carried out; undefined: nothing waits. */
  readonly before: (leg: LegId) => Promise<unknown> | undefined
  /** A command for this leg is sent at once, on the websocket, behind everything that was sent before. */
  readonly isQuiet: (leg: LegId) => boolean
}

export function lanes(connection: AriConnection, book: Book): Lanes {
  const call = async (
    legs: readonly LegId[],
    operation: Operation,
    parameters: Parameters,
    body: unknown,
  ): Promise<RestAnswer> => {
    if (legs.every((leg) => book.find(leg)?.known)) return connection.call(operation, parameters, body)
    // A leg from before our start, or one that does not exist: something unknown may be going on there.
    const answer = await connection.callOverHttp(operation, parameters, body)
    if (answer.status < 300) for (const leg of legs) book.leg(leg).known = true
    return answer
  }
  const cut = async (legs: readonly LegId[]): Promise<void> => {
    await Promise.all(legs.map((leg) => cutOne(connection, book, leg)))
  }
  const delayed = new Map<LegId, Promise<unknown>>()
  const cutAndCall = async (
    legs: readonly LegId[],
    operation: Operation,
    parameters: Parameters,
    body: unknown,
  ): Promise<RestAnswer> => {
    const earlier = legs.flatMap((leg) => delayed.get(leg) ?? [])
    await cut(legs)
    await Promise.all(earlier)
    return call(legs, operation, parameters, body)
  }
  /** What is given to these legs from now on comes after this. */
  const delay = (legs: readonly LegId[], work: Promise<unknown>): void => {
    const over = work.then(
      () => undefined,
      () => undefined,
    )
    for (const leg of legs) delayed.set(leg, over)
    void over.then(() => {
      for (const leg of legs) if (delayed.get(leg) === over) delayed.delete(leg)
    })
  }
  /** Nothing plays to it, nothing is recorded from it, and nothing waits for it, for certain. */
  const isQuiet = (leg: LegId): boolean =>
    book.find(leg)?.known === true && book.isIdle(leg) && !delayed.has(leg)
  const untilFree = async (leg: LegId): Promise<void> => {
    const earlier = delayed.get(leg)
    // What an earlier process played there nobody waits for any more, and a tone among it would never end.
    if (book.find(leg)?.known !== true) await cut([leg])
    await earlier
    await book.untilIdle(leg)
  }
  const waitAndCall = async (
    leg: LegId,
    operation: Operation,
    parameters: Parameters,
    body: unknown,
  ): Promise<RestAnswer> => {
    await untilFree(leg)
    return call([leg], operation, parameters, body)
  }
  const refuseTone = (leg: LegId, what: string): Promise<never> | undefined =>
    book.playingsOn(leg).some((playing) => playing.endless && !playing.cut)
      ? Promise.reject(new WrongState(`${what}: a tone plays to leg ${leg}`))
      : undefined
  return {
    cut,
    before: (leg) => delayed.get(leg),
    cutting: (legs, operation, parameters, body) => {
      // Sent at once where it can be: what is asked for next comes after it without waiting for its answer.
      if (legs.every(isQuiet)) return connection.call(operation, parameters, body)
      const work = cutAndCall(legs, operation, parameters, body)
      delay(legs, work)
      return work
    },
    waiting: (leg, operation, parameters, body) => {
      const refused = refuseTone(leg, operation)
      if (refused) return refused
      if (isQuiet(leg)) return connection.call(operation, parameters, body)
      const work = waitAndCall(leg, operation, parameters, body)
      delay([leg], work)
      return work
    },
    alone: (leg, work) => {
      const refused = refuseTone(leg, 'limit')
      if (refused) return refused
      const done = untilFree(leg).then(work)
      delay([leg], done)
      return done
    },
    isQuiet,
  }
}

/**
 * The answers come before the sounds have ended; what follows on the same leg waits for that in Asterisk, some milliseconds.
 * A recording does not let it wait: until it has ended Asterisk refuses to move the leg (409).
 */
async function cutOne(connection: AriConnection, book: Book, leg: LegId): Promise<void> {
  const notes = book.find(leg)
  if (!notes?.known) {
    await Promise.all(
      asteriskIdsOn(leg).map((playbackId) => connection.call('playbacks.stop', { playbackId })),
    )
    return
  }
  const stops: Promise<unknown>[] = book.playingsOn(leg).map((playing) => {
    playing.cut = true
    return connection.call('playbacks.stop', { playbackId: playing.asteriskId })
  })
  const { recording } = notes
  if (recording) stops.push(connection.call('recordings.stop', { recordingName: recording.name }))
  await Promise.all(stops)
  if (recording && notes.recording === recording) await book.untilIdle(leg)
}
