import type { Milliseconds } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import { StoreUnavailable, type Lease } from '../../ports/stores.js'
import type { Clock } from '../../runtime/clock.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { acquireLease } from './scripts/acquire-lease.js'
import { releaseLease } from './scripts/release-lease.js'
import { renewLease } from './scripts/renew-lease.js'

export interface LeaseOptions {
  /** How long the lease is ours after the last renewal; 10 s. */
  readonly life?: Milliseconds
  /** 3 s. After a failed renewal it is tried again three times as often. */
  readonly renewEvery?: Milliseconds
  /** How long an empty store is watched for an owner that puts its lease back; a whole life. */
  readonly emptyWait?: Milliseconds
  /**
   * A lease that has run out, too, is watched for so long before it is taken. For whoever waits beside its owner all the time:
   * when the machine or the store stood still, the owner is to be the first to ask.
   */
  readonly watchFirst?: boolean
  /** Name of this process, and how to tell that the process of another name has died: then its lease is taken over at once. */
  readonly self?: { readonly name: string; readonly hasDied: (name: string) => boolean }
  /** How often a lease that somebody else has is asked for; 1 s. */
  readonly pollEvery?: Milliseconds
  /**
   * What becomes of us when the store does not answer for a whole life. `end` (default): the lease is lost. `continue`: we
   * keep it until the store answers again and says that somebody else had it; then only Asterisk's `ApplicationReplaced`
   * keeps two writers apart, if just our way to the store is cut.
   */
  readonly whenUnreachable?: 'end' | 'continue'
}

/**
 *     waiting --token--> ours --renewed in time--> ours
 *                         |--- somebody else has it, or no renewal for a life --> lost (told once, for ever)
 *                         \--- release --> released
 *
 * The life is counted from the moment a renewal is sent, by a timer of our own: whatever the clocks say, we end before the
 * key in the store does. A store that lost its data (M-06) gives the lease to nobody for a while, in which its owner,
 * if there is one, puts it back; so a wiped store neither makes two writers nor ends a healthy one.
 */
export function createLease(
  client: Client,
  clock: Clock,
  log: Logger,
  name: string,
  options: LeaseOptions = {},
): Lease {
  const { life = 10_000, renewEvery = 3_000, pollEvery = 1_000, whenUnreachable = 'end' } = options
  const { emptyWait = life, watchFirst = false, self } = options
  const names: readonly [string, string] = [keys.leaseOwner(name), keys.leaseToken(name)]
  const listeners: ((why: string) => void)[] = []
  let token: number | undefined
  let lostBecause: string | undefined
  let stopRenewing: () => void = () => undefined
  let stopExpiry: () => void = () => undefined

  const stop = (): void => {
    stopRenewing()
    stopExpiry()
    token = undefined
  }
  const lose = (why: string): void => {
    if (token === undefined) return
    stop()
    lostBecause = why
    log.error('lease lost', { lease: name, why })
    for (const listener of listeners) listener(why)
  }
  const expire = (): void => {
    if (whenUnreachable === 'end') lose('it could not be renewed in time')
    else log.warn('lease kept without renewal, the store does not answer', { lease: name })
  }
  const renewAfter = (delay: Milliseconds, mine: number): void => {
    stopRenewing = clock.after(delay, () => void renew(mine))
  }
  const renew = async (mine: number): Promise<void> => {
    const stopNext = clock.after(life, expire)
    const answer = await client.script(renewLease, names, [mine, life]).catch(() => undefined)
    if (token !== mine) {
      stopNext()
      return
    }
    if (answer === 'renewed' || answer === 'restored') {
      if (answer === 'restored') log.warn('lease was gone from the store and is put back', { lease: name })
      stopExpiry()
      stopExpiry = stopNext
      renewAfter(renewEvery, mine)
      return
    }
    stopNext()
    if (answer === 'lost') {
      lose('somebody else has it')
      return
    }
    renewAfter(renewEvery / 3, mine)
  }
  /** One try: the token, or why not. */
  const attempt = async (waited: boolean, dead = ''): Promise<number | 'held' | 'empty' | 'away'> => {
    const stopNext = clock.after(life, expire)
    try {
      const watched = waited ? 'waited' : watchFirst ? 'watches' : ''
      const words = [life, clock.now(), watched, self?.name ?? '', dead]
      const answer = await client.script(acquireLease, [...names, keys.leaseHolder(name)], words)
      if (answer === 'empty') {
        stopNext()
        return answer
      }
      if (typeof answer === 'string' && answer.startsWith('held by ')) {
        stopNext()
        const holder = answer.slice('held by '.length)
        const takeOver = dead === '' && holder !== '' && self?.hasDied(holder) === true
        return takeOver ? await attempt(waited, holder) : 'held'
      }
      token = Number(answer)
      stopExpiry = stopNext
      return token
    } catch (fault) {
      stopNext()
      if (fault instanceof StoreUnavailable) return 'away'
      throw fault
    }
  }
  return {
    acquire: async (signal) => {
      let watched = false
      let stopWatching: (() => void) | undefined
      try {
        for (let told = ''; ;) {
          signal.throwIfAborted()
          const answer = await attempt(watched)
          if (typeof answer === 'number') {
            log.info('lease acquired', { lease: name, fence: answer })
            renewAfter(renewEvery, answer)
            return answer
          }
          if (answer === 'empty') {
            stopWatching ??= clock.after(emptyWait, () => {
              watched = true
            })
          } else {
            stopWatching?.()
            stopWatching = undefined
            watched = false
          }
          if (answer !== told) log.info('waiting for the lease', { lease: name, because: answer })
          told = answer
          await pause(clock, pollEvery, signal)
        }
      } finally {
        stopWatching?.()
      }
    },
    onLost: (listener) => {
      if (lostBecause !== undefined) listener(lostBecause)
      else listeners.push(listener)
    },
    release: async () => {
      if (token === undefined) return
      const mine = token
      stop()
      try {
        await client.script(releaseLease, [names[0]], [mine])
      } catch (error) {
        log.warn('lease could not be released, it ends by itself', { lease: name, error })
      }
    },
  }
}

function pause(clock: Clock, delay: Milliseconds, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const abort = (): void => {
      cancel()
      reject(signal.reason as Error)
    }
    const cancel = clock.after(delay, () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}
