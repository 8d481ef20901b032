import type { Lease } from './ports/stores.js'

/**
 * Växel runs as two processes: the active one carries the calls, the other stands by with everything loaded, so that a start costs no
 * time when the first one dies. The launcher keeps both (src/launcher/keep-vaxel.ts) and says which is which. What they say to each
 * other goes over the channel that Node gives a child.
 *
 *     standing by --active has ended: `take over`--> takes the lease, takes up the calls --`takes calls`--> active
 *         |--- lease has run out: `has the lease`, active is killed, `take over` ---^
 *         |--- launcher is gone --> ends
 */

/** The word by which the launcher makes a process stand by. */
export const standbyWord = '--standby'

export type ToLauncher =
  /** Everything is loaded. */
  | 'stands by'
  /** The active process did not renew the lease, although it has not ended: it hangs. */
  | 'has the lease'
  /** All calls have been taken up, new ones are answered. */
  | 'takes calls'

export type FromLauncher =
  /** To the one that stands by: the active process has ended. */
  | 'take over'
  /** To the active one, for `vaxel status`. */
  | 'somebody stands by'
  | 'nobody stands by'

/** What a Växel process has of its launcher; one that was started by hand has none, and is told nothing. */
export interface Launcher {
  /** Aborted when this process is to take over. */
  readonly takeOver: AbortSignal
  /** What was said last; undefined: this is not known, or not kept. */
  standby(): 'ready' | 'none' | undefined
  tell(word: ToLauncher): void
  onGone(listener: () => void): void
}

/** The side of a child, of which `channel` is the process. */
export function launcherOf(channel: NodeJS.Process): Launcher {
  const takeOver = new AbortController()
  let standby: 'ready' | 'none' | undefined
  channel.on('message', (word: FromLauncher) => {
    switch (word) {
      case 'take over':
        takeOver.abort()
        break
      case 'somebody stands by':
        standby = 'ready'
        break
      case 'nobody stands by':
        standby = 'none'
        break
      default:
        word satisfies never
    }
  })
  channel.once('disconnect', () => {
    standby = undefined
  })
  return {
    takeOver: takeOver.signal,
    standby: () => standby,
    tell: (word) => {
      // A launcher that was killed hears nothing any more; calls go on without it.
      if (channel.connected) channel.send?.(word, undefined, undefined, () => undefined)
    },
    onGone: (listener) => {
      if (channel.connected) channel.once('disconnect', listener)
      else listener()
    },
  }
}

/**
 * Waits until the process that carries the calls has ended. One that hangs does not end, but loses the lease: then the token of it is
 * given, and the launcher ends that process before it says that its calls may be taken up.
 */
export async function untilNeeded(launcher: Launcher, lease: Lease): Promise<number | undefined> {
  launcher.tell('stands by')
  const token = await lease.acquire(launcher.takeOver).catch((error: unknown) => {
    if (!launcher.takeOver.aborted) throw error
    return undefined
  })
  if (token !== undefined) launcher.tell('has the lease')
  await untilTold(launcher)
  return token
}

function untilTold({ takeOver }: Launcher): Promise<void> {
  return new Promise((resolve) => {
    if (takeOver.aborted) resolve()
    else
      takeOver.addEventListener('abort', () => {
        resolve()
      })
  })
}
