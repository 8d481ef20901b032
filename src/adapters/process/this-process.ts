import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Name of this process, whose number is `pid`: unique over restarts of the machine and of the process. */
export function thisProcess(pid: number): {
  readonly name: string
  readonly hasDied: (name: string) => boolean
} {
  const host = `${hostname()}/${bootOf()}`
  return {
    name: `${host}/${String(pid)}/${startOf(pid) ?? 'unknown'}`,
    hasDied: (name) => hasDied(name, host),
  }
}

/** Only what ran on this machine since its last boot can be told dead for sure; of others it is never said. */
function hasDied(name: string, host: string): boolean {
  const words = name.split('/')
  const start = words.pop()
  const pid = Number(words.pop())
  return words.join('/') === host && Number.isInteger(pid) && startOf(pid) !== start
}

function bootOf(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** When the process was started, in ticks since boot: two processes of one pid never share it. A zombie has died. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
