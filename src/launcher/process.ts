import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LauncherError } from './errors.js'

/** How a child process ended. Exactly one of the two is set. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A child process that is recorded in a pid file, so that a later run can end it if this one is killed. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number
  /** Settles when the process is gone, for whatever reason; never rejects. */
  readonly ended: Promise<Exit>
  /** How it ended, or undefined while it runs. */
  exit(): Exit | undefined
  /** Sends a signal; nothing happens when the process is gone. */
  signal(signal: NodeJS.Signals): void
  /** Says something over the channel of the plan; nothing happens when there is none, or the process is gone. */
  tell(word: string): void
  /** SIGTERM, then SIGKILL after `patience` milliseconds; settles when it is gone and its pid file removed. */
  stop(patience?: number): Promise<Exit>
}

export interface ProcessPlan {
  readonly name: string
  readonly command: string
  readonly arguments: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly directory?: string
  readonly pidFile: string
  /** Standard output and error are appended here; `inherit` shows them on the terminal. */
  readonly log: string
  /** It gets a channel, as Node's children have it; what it says there is heard here. */
  readonly onWord?: (word: unknown) => void
}

/**
 * Starts a child in its own process group: Ctrl-C on the terminal reaches only the launcher, which then stops its
 * children in order.
 *
 * @throws LauncherError when the command cannot be started at all
 */
export async function startProcess(plan: ProcessPlan): Promise<RunningProcess> {
  await endLeftover(plan.pidFile)
  const log = openLog(plan.log)
  const child = spawn(plan.command, plan.arguments, {
    cwd: plan.directory,
    env: { ...process.env, ...plan.environment },
    detached: true,
    stdio: ['ignore', log, log, ...(plan.onWord === undefined ? [] : ['ipc' as const])],
  })
  if (plan.onWord !== undefined) child.on('message', plan.onWord)
  if (typeof log === 'number') closeSync(log)
  const pid = await started(child, plan)
  mkdirSync(dirname(plan.pidFile), { recursive: true })
  writeFileSync(plan.pidFile, `${String(pid)} ${startTime(pid) ?? 'unknown'}\n`)
  return running(child, pid, plan)
}

function openLog(log: string): number | 'inherit' {
  if (log === 'inherit') return 'inherit'
  mkdirSync(dirname(log), { recursive: true })
  return openSync(log, 'a')
}

async function started(child: ChildProcess, plan: ProcessPlan): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => {
      reject(
        new LauncherError(`${plan.name} cannot be started (${plan.command}). Run scripts/setup.`, { cause }),
      )
    })
  })
  if (child.pid === undefined) throw new LauncherError(`${plan.name} has no process id`)
  return child.pid
}

function running(child: ChildProcess, pid: number, plan: ProcessPlan): RunningProcess {
  let exit: Exit | undefined
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      rmSync(plan.pidFile, { force: true })
      resolve(exit)
    })
  })
  const signal = (name: NodeJS.Signals): void => {
    if (exit === undefined) child.kill(name)
  }
  return {
    name: plan.name,
    pid,
    ended,
    exit: () => exit,
    signal,
    tell: (word) => {
      if (child.connected) child.send(word, () => undefined)
    },
    stop: async (patience = 8_000) => {
      signal('SIGTERM')
      const outcome = await Promise.race([ended, pause(patience, undefined, { ref: false })])
      if (outcome === undefined) signal('SIGKILL')
      return ended
    },
  }
}

/** Waits until `ready` says so, failing at once when the process ends and after `limit` milliseconds at the latest. */
export async function untilReady(
  child: RunningProcess,
  ready: () => Promise<boolean>,
  limit: number,
  whatToDo: string,
): Promise<void> {
  const deadline = Date.now() + limit
  while (!(await ready())) {
    const exit = child.exit()
    if (exit !== undefined) {
      throw new LauncherError(`${child.name} ended at once (${describeExit(exit)}). ${whatToDo}`)
    }
    if (Date.now() > deadline) {
      await child.stop(1_000)
      throw new LauncherError(`${child.name} was not ready after ${String(limit / 1000)} s. ${whatToDo}`)
    }
    await pause(25)
  }
}

export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${String(exit.code)}` : `signal ${exit.signal}`
}

/**
 * Ends the process an earlier, killed run left behind. The pid file holds the start time too: a number that
 * meanwhile belongs to another program is left alone.
 */
export async function endLeftover(pidFile: string): Promise<void> {
  const leftover = readPidFile(pidFile)
  if (leftover !== undefined) await endProcess(leftover)
  rmSync(pidFile, { force: true })
}

interface Leftover {
  readonly pid: number
  readonly startTime: string
}

function readPidFile(pidFile: string): Leftover | undefined {
  const match = /^(\d+) (\d+)\n$/.exec(readText(pidFile) ?? '')
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { pid: Number(match[1]), startTime: match[2] }
}

async function endProcess(leftover: Leftover): Promise<void> {
  const alive = (): boolean => startTime(leftover.pid) === leftover.startTime
  for (const [signal, patience] of [
    ['SIGTERM', 4_000],
    ['SIGKILL', 4_000],
  ] as const) {
    if (!alive()) return
    sendQuietly(leftover.pid, signal)
    const deadline = Date.now() + patience
    while (alive() && Date.now() < deadline) await pause(25)
  }
}

function sendQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone in the meantime.
  }
}

/** Clock ticks since boot at which a process started, or undefined when it does not run (a zombie does not). */
export function startTime(pid: number): string | undefined {
  const stat = readText(`/proc/${String(pid)}/stat`)
  if (stat === undefined) return undefined
  // The command name stands in parentheses and may hold anything; the state is the first field after them.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
