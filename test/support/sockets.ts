import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Sockets {
  /** Ports on which it listens. */
  readonly listens: readonly number[]
  /** Ports to which it is connected. */
  readonly connectedTo: readonly number[]
}

/** TCP sockets (IPv4) of a process, as the kernel tells. */
export function socketsOf(pid: number): Sockets {
  const own = inodesOf(pid)
  const rows = readFileSync(`/proc/${String(pid)}/net/tcp`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => own.has(row[9] ?? ''))
  const port = (address = ''): number => Number.parseInt(address.split(':')[1] ?? '', 16)
  return {
    listens: rows.filter((row) => row[3] === '0A').map((row) => port(row[1])),
    connectedTo: rows.filter((row) => row[3] === '01').map((row) => port(row[2])),
  }
}

function inodesOf(pid: number): ReadonlySet<string> {
  const directory = `/proc/${String(pid)}/fd`
  const links = readdirSync(directory).map((name) => {
    try {
      return readlinkSync(`${directory}/${name}`)
    } catch {
      // Closed in the meantime.
      return ''
    }
  })
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.slice(1) ?? []))
}
