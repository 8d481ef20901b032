import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second (`getconf CLK_TCK`), the same on every architecture Node runs on. */
const ticksPerSecond = 100

/** CPU time a process has used since it began, user and system, all threads, in milliseconds (proc_pid_stat(5), fields 14 and 15). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/** Memory in use, in kilobytes (proc_pid_status(5), VmRSS). */
export function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'))?.[1])
}
