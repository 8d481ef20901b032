import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { z } from 'zod'

/** A page in a browser of its own, without a window. */
export interface Page {
  /** Runs an expression in the page and gives its value, awaited. Rejects with what it threw. */
  run(expression: string): Promise<unknown>
  stop(): Promise<void>
}

const options = [
  '--headless=new',
  '--remote-debugging-port=0',
  // The tests may run as root, where the sandbox of Chromium cannot.
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  // A microphone that is not there, and no question whether it may be used.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Sound between two programs of one machine goes by its loopback.
  '--allow-loopback-in-peer-connection',
  // Nothing leaves the machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
]

/** Opens a page and runs these scripts in it. It comes from 127.0.0.1 over HTTP: browsers give sound to such a page only. */
export async function openPage(scripts: readonly string[]): Promise<Page> {
  const server = await serve()
  const profile = mkdtempSync(join(tmpdir(), 'vaxel-browser-'))
  // A group of its own: Chromium is many processes, which end together.
  const browser = spawn('chromium', [...options, `--user-data-dir=${profile}`, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stop = async (): Promise<void> => {
    server.close()
    await ended(browser)
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const port = await debuggingPort(browser)
    const address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`
    const opened = await fetch(`http://127.0.0.1:${port}/json/new?${address}`, { method: 'PUT' })
    const { webSocketDebuggerUrl } = z.object({ webSocketDebuggerUrl: z.string() }).parse(await opened.json())
    const run = await runner(webSocketDebuggerUrl)
    // The first document of a page is an empty one, until the wanted one has come.
    while ((await run(`location.protocol + document.readyState`)) !== 'http:complete') continue
    for (const script of scripts) await run(`${script}\n;undefined`)
    return { run, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function serve(): Promise<Server> {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html>'),
  )
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** Chromium says on its standard error where it is steered from. */
function debuggingPort(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    browser.stderr?.on('data', (text: Buffer) => {
      said += text.toString('utf8')
      const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1]
      if (port !== undefined) resolve(port)
    })
    browser.once('error', reject)
    browser.once('exit', () => reject(new Error(`Chromium ended:\n${said}`)))
  })
}

const answerSchema = z.object({
  id: z.number(),
  error: z.object({ message: z.string() }).optional(),
  result: z
    .object({
      result: z.object({ value: z.unknown().optional() }).optional(),
      exceptionDetails: z
        .object({ text: z.string(), exception: z.object({ description: z.string().optional() }).optional() })
        .optional(),
    })
    .optional(),
})

/** One page over the Chrome DevTools Protocol, of which we need a single method. */
async function runner(url: string): Promise<Page['run']> {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const waiting = new Map<number, (answer: z.output<typeof answerSchema>) => void>()
  socket.on('message', (data: Buffer) => {
    const answer = answerSchema.safeParse(JSON.parse(data.toString('utf8')))
    if (answer.success) waiting.get(answer.data.id)?.(answer.data)
  })
  let count = 0
  return async (expression) => {
    const id = (count += 1)
    const params = { expression, awaitPromise: true, returnByValue: true }
    const { error, result } = await new Promise<z.output<typeof answerSchema>>((resolve) => {
      waiting.set(id, resolve)
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }))
    })
    waiting.delete(id)
    const thrown = error?.message ?? result?.exceptionDetails?.exception?.description
    if (thrown !== undefined || result?.exceptionDetails)
      throw new Error(`${expression.slice(0, 100)}: ${thrown ?? ''}`)
    return result?.result?.value
  }
}

function ended(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.signalCode !== null || browser.pid === undefined)
    return Promise.resolve()
  const gone = new Promise<void>((resolve) => browser.once('close', () => resolve()))
  process.kill(-browser.pid, 'SIGKILL')
  return gone
}
