import { keepVaxel, type KeptVaxel } from '../../src/launcher/keep-vaxel.js'
import type { RunningProcess } from '../../src/launcher/process.js'
import { startVaxel, type VaxelPlan } from '../../src/launcher/vaxel.js'
import type { Part } from './exchange.js'

/** Both processes of Växel as one part of an exchange: what is killed is the one that carries the calls. */
export interface KeptPart extends Part {
  /** Pid of the one that stands by, as soon as it does. */
  readonly standby: number | undefined
  /** What `npm start` would have shown. */
  readonly reports: readonly string[]
}

export interface KeptPartPlan {
  readonly vaxel: Pick<VaxelPlan, 'environment' | 'main' | 'log'>
  readonly directory: string
  readonly standby: boolean
  /** Starts a process before this one, or as its equal. */
  readonly begin: (start: () => Promise<RunningProcess>) => Promise<RunningProcess>
  readonly untilReady: (first: RunningProcess) => Promise<void>
}

/** Kept as `npm start` does it, except that whoever has run for a second has run steadily: tests kill often. */
export function keptPart({ vaxel, directory, standby, begin, untilReady }: KeptPartPlan): KeptPart {
  const reports: string[] = []
  let kept: KeptVaxel | undefined
  const start = async (): Promise<void> => {
    if (kept !== undefined) return
    kept = keepVaxel({
      vaxel,
      directory,
      standby,
      steady: 1_000,
      report: (line) => reports.push(line),
      start: (plan) => begin(() => startVaxel(plan)),
    })
    await kept.ready
    const first = kept.active()
    if (first !== undefined) await untilReady(first)
  }
  const kill = async (): Promise<void> => {
    const active = kept?.active()
    active?.signal('SIGKILL')
    await active?.ended
  }
  return {
    reports,
    start,
    kill,
    get pid() {
      return kept?.active()?.pid
    },
    get standby() {
      return kept?.standby()?.pid
    },
    stop: async () => {
      await kept?.stop()
      kept = undefined
    },
    restart: kill,
  }
}
