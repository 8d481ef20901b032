import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'

const patienceMs = 30_000

/** Looks into a running Node process from outside, by its own inspector: the measured program knows nothing of it. */
export interface Inspector {
  /** Bytes of living objects, after a full garbage collection. */
  heapBytes(): Promise<number>
  /** Records where the CPU time goes for as long as `work` lasts; gives a .cpuprofile. */
  profile(work: () => Promise<unknown>): Promise<unknown>
  close(): void
}

/**
 * Opens the inspector of process `pid` with SIGUSR1. Its address is read in the process's log, where Node tells it.
 * The process must have been started with `NODE_OPTIONS=--inspect-port=127.0.0.1:0`, or the port may be taken.
 */
export async function openInspector(pid: number, log: string): Promise<Inspector> {
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await addressIn(log), { maxPayload: 268_435_456 })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const waiting = new Map<number, (result: Record<string, unknown>) => void>()
  let count = 0
  socket.on('message', (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString('utf8')) as {
      readonly id?: number
      readonly result?: Record<string, unknown>
    }
    if (id !== undefined) waiting.get(id)?.(result ?? {})
  })
  const ask = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const id = ++count
      // A process that has ended waits for its debugger to go, and says nothing.
      const patience = setTimeout(() => {
        reject(new Error(`process ${String(pid)} does not answer its inspector any more: see ${log}`))
      }, patienceMs)
      waiting.set(id, (result) => {
        clearTimeout(patience)
        resolve(result)
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  return {
    heapBytes: async () => {
      await ask('HeapProfiler.collectGarbage')
      const expression = '(({heapUsed, external}) => heapUsed + external)(process.memoryUsage())'
      const answer = await ask('Runtime.evaluate', { expression, returnByValue: true })
      return (answer['result'] as { readonly value: number }).value
    },
    profile: async (work) => {
      await ask('Profiler.enable')
      await ask('Profiler.setSamplingInterval', { interval: 200 })
      await ask('Profiler.start')
      await work()
      return (await ask('Profiler.stop'))['profile']
    },
    close: () => {
      socket.close()
    },
  }
}

async function addressIn(log: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const address = [...readFileSync(log, 'utf8').matchAll(/^Debugger listening on (ws:\/\/\S+)$/gm)].at(
      -1,
    )?.[1]
    if (address !== undefined) return address
    await pause(50)
  }
  throw new Error('the inspector did not open')
}
