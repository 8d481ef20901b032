import type { Exit, RunningProcess } from '../../src/launcher/process.js'
import type { Time } from '../../src/launcher/time.js'
import type { VaxelPlan } from '../../src/launcher/vaxel.js'
import { ManualClock } from '../support/manual-clock.js'

/** A process that does what a test says. */
export interface FakeProcess extends RunningProcess {
  readonly plan: VaxelPlan
  /** When it was started. */
  readonly at: number
  /** What it was told, in order. */
  readonly told: readonly string[]
  end(signal?: NodeJS.Signals): void
}

/** The launcher's time, moved by hand. */
export function manualTime(
  clock = new ManualClock(0),
): Time & { advance(milliseconds: number): Promise<void> } {
  return {
    now: () => clock.now(),
    advance: (milliseconds) => clock.advance(milliseconds),
    pause: (milliseconds, cutShort) =>
      new Promise((resolve) => {
        const cancel = clock.after(milliseconds, resolve)
        cutShort.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      }),
  }
}

/** Gives the processes that are started with `start`, in order. Signals end them at once, unless they hang on SIGTERM. */
export function fakeProcesses(time: Time): {
  readonly all: readonly FakeProcess[]
  readonly start: (plan: VaxelPlan) => Promise<RunningProcess>
} {
  const all: FakeProcess[] = []
  const start = (plan: VaxelPlan): Promise<RunningProcess> => {
    const told: string[] = []
    let exit: Exit | undefined
    let settle: (exit: Exit) => void = () => undefined
    const ended = new Promise<Exit>((resolve) => {
      settle = resolve
    })
    const end = (signal: NodeJS.Signals = 'SIGKILL'): void => {
      exit ??= { code: null, signal }
      settle(exit)
    }
    const fake: FakeProcess = {
      plan,
      told,
      at: time.now(),
      name: 'Växel',
      pid: all.length + 1,
      ended,
      end,
      exit: () => exit,
      signal: end,
      tell: (word) => {
        told.push(word)
      },
      stop: () => {
        end('SIGTERM')
        return ended
      },
    }
    all.push(fake)
    return Promise.resolve(fake)
  }
  return { all, start }
}
