import { join } from 'node:path'
import type { FromLauncher, ToLauncher } from '../standby.js'
import { describeExit, endLeftover, type RunningProcess } from './process.js'
import { supervise, type Supervised } from './supervise.js'
import { machineTime, nextPause, shortestPause, steadyAfter, type Time } from './time.js'
import { startVaxel, type VaxelPlan } from './vaxel.js'

/** How long the calls just taken up have the machine to themselves before the next process is loaded. */
const calm = 2_000

export interface KeepPlan {
  readonly vaxel: Pick<VaxelPlan, 'environment' | 'main' | 'log'>
  /** Where the pid files of both processes are. */
  readonly directory: string
  /** Whether a second process stands by (VAXEL_STANDBY). */
  readonly standby: boolean
  /** What is told to the person at the terminal. */
  readonly report: (line: string) => void
  /** Milliseconds; 30 s. */
  readonly steady?: number
  readonly time?: Time
  readonly start?: (plan: VaxelPlan) => Promise<RunningProcess>
}

export interface KeptVaxel extends Supervised {
  /** The process that carries the calls, or will. */
  active(): RunningProcess | undefined
  /** The one that has everything loaded and waits. */
  standby(): RunningProcess | undefined
}

interface Member {
  readonly pidFile: string
  running?: RunningProcess
  word?: ToLauncher
}

const pidFilesIn = (directory: string): readonly [string, string] => [
  join(directory, 'vaxel.pid'),
  join(directory, 'vaxel-2.pid'),
]

/** Ends what a launcher that was killed has left running. */
export async function endLeftVaxel(directory: string): Promise<void> {
  for (const file of pidFilesIn(directory)) await endLeftover(file)
}

/**
 * Keeps Växel running: `npm start`, the container and the benchmark alike. Once the calls are taken up a second process is started that
 * stands by (src/standby.ts). When the first ends, the second one goes on at once, and another is made to stand by; if there is none,
 * or too many end one after the other, the pauses of `supervise` hold.
 */
export function keepVaxel(plan: KeepPlan): KeptVaxel {
  const { time = machineTime, start = startVaxel, steady = steadyAfter } = plan
  const stopping = new AbortController()
  const pidFiles = pidFilesIn(plan.directory)
  const preparations = new Set<Promise<void>>()
  let active: Member | undefined
  let standby: Member | undefined
  let standbyPause = shortestPause

  const asked = (): boolean => stopping.signal.aborted
  const stoodBy = (): boolean => lives(standby) && standby.word === 'stands by'
  const lives = (member: Member | undefined): member is Member & { readonly running: RunningProcess } =>
    member?.running !== undefined && member.running.exit() === undefined

  const supervised = supervise({
    start: async () => {
      const taken = takeStandby()
      if (taken !== undefined) return taken
      active = memberBeside(standby)
      return begin(active, false)
    },
    hasSuccessor: () => lives(standby),
    report: plan.report,
    steady,
    time,
  })

  /** Two processes never share a pid file. */
  function memberBeside(other: Member | undefined): Member {
    return { pidFile: other?.pidFile === pidFiles[0] ? pidFiles[1] : pidFiles[0] }
  }

  async function begin(member: Member, standsBy: boolean): Promise<RunningProcess> {
    member.running = await start({
      ...plan.vaxel,
      pidFile: member.pidFile,
      standby: standsBy,
      onWord: (word) => {
        member.word = word
        heard(member, word)
      },
    })
    return member.running
  }

  function takeStandby(): RunningProcess | undefined {
    if (!lives(standby)) return undefined
    active = standby
    standby = undefined
    tell(active, 'take over')
    return active.running
  }

  function heard(member: Member, word: ToLauncher): void {
    switch (word) {
      case 'stands by':
        if (member === standby) tell(active, 'somebody stands by')
        break
      case 'has the lease':
        // Soon after a start the pause of `supervise` comes first; whoever stands by finds the lease of the dead one meanwhile.
        if (member !== standby || !lives(active)) break
        plan.report('Växel hangs: it is killed, and the process that stands by takes over.')
        active.running.signal('SIGKILL')
        break
      case 'takes calls':
        if (plan.standby) prepareSoon()
        break
      default:
        word satisfies never
    }
  }

  function prepareSoon(): void {
    tell(active, stoodBy() ? 'somebody stands by' : 'nobody stands by')
    const preparation = prepare().finally(() => preparations.delete(preparation))
    preparations.add(preparation)
  }

  /** Starts one that stands by, and again if it ends by itself; unless there is one or the calls have not been taken up. */
  async function prepare(): Promise<void> {
    for (let wait = calm; ; wait = standbyPause) {
      await time.pause(wait, stopping.signal)
      if (asked() || standby !== undefined || active?.word !== 'takes calls' || !lives(active)) return
      const mine = (standby = memberBeside(active))
      const since = time.now()
      const why = await endOf(mine)
      // Taken: it is the active one by now.
      if (standby !== mine) return
      standby = undefined
      if (asked()) return
      tell(active, 'nobody stands by')
      plan.report(`The process of Växel that stands by ${why}; another one is started.`)
      standbyPause = time.now() - since > steady ? shortestPause : nextPause(standbyPause)
    }
  }

  /** Why it does not stand by any more. */
  async function endOf(member: Member): Promise<string> {
    try {
      const running = await begin(member, true)
      return `ended (${describeExit(await (asked() ? running.stop() : running.ended))})`
    } catch (error) {
      return `cannot be started (${error instanceof Error ? error.message : String(error)})`
    }
  }

  async function stop(hurry = false): Promise<void> {
    stopping.abort()
    if (hurry) standby?.running?.signal('SIGKILL')
    await standby?.running?.stop()
    await supervised.stop(hurry)
    await Promise.all([...preparations])
  }

  return {
    ready: supervised.ready,
    stop,
    active: () => (lives(active) ? active.running : undefined),
    standby: () => (stoodBy() ? standby?.running : undefined),
  }
}

function tell(member: Member | undefined, word: FromLauncher): void {
  member?.running?.tell(word)
}
