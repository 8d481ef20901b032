import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { LauncherError } from './errors.js'

/** One port the exchange is about to listen on. */
export interface PortUse {
  readonly what: string
  readonly setting: string
  readonly address: string
  readonly port: number
  readonly kinds: readonly ('udp' | 'tcp')[]
}

/** @throws LauncherError that names the port, its setting and how to choose another, when it is taken */
export async function requireFree(use: PortUse): Promise<void> {
  for (const kind of use.kinds) {
    const trouble = kind === 'udp' ? await udpTrouble(use) : await tcpTrouble(use)
    if (trouble === undefined) continue
    throw new LauncherError(explain(use, kind, trouble))
  }
}

function explain(use: PortUse, kind: 'udp' | 'tcp', trouble: string): string {
  const place = `${use.address} ${kind} port ${String(use.port)} (${use.what})`
  if (trouble === 'EADDRINUSE') {
    return (
      `${place} is taken by another program. ` +
      `See which: ss -${kind === 'udp' ? 'u' : 't'}lnp 'sport = :${String(use.port)}'. ` +
      `Stop it, or choose another port: ${use.setting}=${String(use.port + 1000)} npm start`
    )
  }
  if (trouble === 'EADDRNOTAVAIL')
    return `${place}: this machine has no address ${use.address}. See: ip address`
  if (trouble === 'EACCES') return `${place}: ports below 1024 need root. Choose a higher ${use.setting}.`
  return `${place} cannot be used: ${trouble}`
}

/** Whether a port is free on all its kinds. */
export async function isFree(use: PortUse): Promise<boolean> {
  for (const kind of use.kinds) {
    if ((kind === 'udp' ? await udpTrouble(use) : await tcpTrouble(use)) !== undefined) return false
  }
  return true
}

function udpTrouble({ address, port }: PortUse): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close()
      resolve(error.code ?? error.message)
    })
    socket.bind(port, address, () => {
      socket.close(() => {
        resolve(undefined)
      })
    })
  })
}

function tcpTrouble({ address, port }: PortUse): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message)
    })
    server.listen(port, address, () => {
      server.close(() => {
        resolve(undefined)
      })
    })
  })
}
