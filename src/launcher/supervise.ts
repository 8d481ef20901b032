import { describeExit, type RunningProcess } from './process.js'
import { machineTime, nextPause, shortestPause, steadyAfter, type Time } from './time.js'

/** A process that is started again whenever it ends. */
export interface Supervised {
  /** The first start: rejects with its error, because then something is wrong with the machine, not with a moment. */
  readonly ready: Promise<void>
  /** Ends it for good, also in the middle of a start. With `hurry` at once (SIGKILL). Never rejects. */
  stop(hurry?: boolean): Promise<void>
}

export interface SupervisedPlan {
  readonly start: () => Promise<RunningProcess>
  /** Another process can go on in its place: then the end of one that ran steadily is followed by no pause. */
  readonly hasSuccessor?: () => boolean
  /** What is told to the person at the terminal. */
  readonly report: (line: string) => void
  /** Ran longer than so many milliseconds: the next end counts as the first one again. Default 30 s. */
  readonly steady?: number
  readonly time?: Time
}

/** Starts a process and keeps it running, with a growing pause between attempts (0.2 s doubling to 10 s). */
export function supervise(plan: SupervisedPlan): Supervised {
  const { time = machineTime, steady = steadyAfter, hasSuccessor = () => false } = plan
  const stopping = new AbortController()
  let current: RunningProcess | undefined

  // A function, because its answer changes while we wait.
  const asked = (): boolean => stopping.signal.aborted

  const ready = begin()
  const done = ready.then(keepRunning, () => undefined)

  async function begin(): Promise<void> {
    current = await plan.start()
  }

  async function keepRunning(): Promise<void> {
    let wait = shortestPause
    while (!asked() && current !== undefined) {
      const since = time.now()
      const exit = await current.ended
      if (asked()) return
      const succeeded = hasSuccessor()
      const next = succeeded ? 'another process takes over' : 'it is started again'
      plan.report(`${current.name} ended (${describeExit(exit)}); ${next}.`)
      if (time.now() - since > steady) wait = succeeded ? 0 : shortestPause
      wait = await startAgain(wait)
    }
  }

  /** Returns the pause to begin with next time. */
  async function startAgain(firstWait: number): Promise<number> {
    let wait = firstWait
    for (;;) {
      if (wait > 0) await time.pause(wait, stopping.signal)
      wait = nextPause(wait)
      if (asked()) return wait
      try {
        await begin()
        return wait
      } catch (error) {
        plan.report(error instanceof Error ? error.message : String(error))
      }
    }
  }

  async function stop(hurry = false): Promise<void> {
    stopping.abort()
    if (hurry) current?.signal('SIGKILL')
    await ready.catch(() => undefined)
    // A restart may just be under way: end what runs, let the loop finish, and end what came up meanwhile.
    await current?.stop()
    await done
    await current?.stop()
  }

  return { ready, stop }
}
