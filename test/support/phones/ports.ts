import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

export interface PortRange {
  readonly from: number
  readonly to: number
}

/** A TCP port that the system says is free. */
export function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const found = server.address()
      server.close(() => {
        resolve(found !== null && typeof found === 'object' ? found.port : 0)
      })
    })
  })
}

/** baresip takes sip_listen (UDP and TCP) and the port after it (TLS); the one after that is for its control socket. */
const PORTS_PER_PHONE = 3

const recentlyGiven = new Set<number>()

/** The first of three neighbouring free ports on `address`. Starts at a place of its own per process, so that test processes rarely meet. */
export async function freePorts(address: string, range: PortRange): Promise<number> {
  const blocks = Math.floor((range.to - range.from + 1) / PORTS_PER_PHONE)
  const start = (process.pid * 7) % blocks
  for (let step = 0; step < blocks; step += 1) {
    const port = range.from + ((start + step + recentlyGiven.size) % blocks) * PORTS_PER_PHONE
    if (recentlyGiven.has(port)) continue
    recentlyGiven.add(port)
    if (await blockIsFree(address, port)) return port
    recentlyGiven.delete(port)
  }
  throw new Error(`no free ports for a phone on ${address} in ${String(range.from)}-${String(range.to)}`)
}

export function givePortsBack(port: number): void {
  recentlyGiven.delete(port)
}

async function blockIsFree(address: string, port: number): Promise<boolean> {
  const tests = [
    udpIsFree(address, port),
    tcpIsFree(address, port),
    tcpIsFree(address, port + 1),
    tcpIsFree('127.0.0.1', port + 2),
  ]
  return (await Promise.all(tests)).every(Boolean)
}

function udpIsFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind(port, address, () => {
      socket.close(() => {
        resolve(true)
      })
    })
  })
}

function tcpIsFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen(port, address, () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}
