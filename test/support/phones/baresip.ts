import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ahead } from '../ahead.js'
import type { Journal } from './journal.js'
import { encodeNetstring, netstringDecoder } from './netstring.js'
import type { PortRange } from './ports.js'
import { traceSplitter } from './sip-trace.js'

export interface BaresipSettings {
  readonly owner: string
  readonly address: string
  readonly sipPort: number
  readonly controlPort: number
  readonly rtpPorts: PortRange
  /** One line of baresip's accounts file. */
  readonly account: string
  readonly toneFile: string
}

export interface Baresip {
  readonly pid: number
  readonly directory: string
  /** Runs one command of baresip's menu and gives its text; rejects when baresip refuses it. */
  readonly command: (command: string, parameter?: string) => Promise<string>
  readonly exited: Promise<void>
  readonly signal: (signal: NodeJS.Signals) => void
}

export interface BaresipListener {
  readonly journal: Journal
  /** Called for each log line, before it is journalled: recordings are announced here. */
  readonly onLog: (line: string) => void
  readonly onSip: (callId: string) => void
}

/** A phone whose test process was killed ends itself after this long. */
const LONGEST_LIFE_SECONDS = 1800

const COMMAND_PATIENCE_MS = 20_000

const running = new Set<ChildProcess>()
let exitHookSet = false

export async function startBaresip(settings: BaresipSettings, listener: BaresipListener): Promise<Baresip> {
  const directory = mkdtempSync(join(tmpdir(), `phone-${settings.owner.replaceAll(/\W/g, '')}-`))
  writeFileSync(join(directory, 'config'), configText(settings, directory))
  writeFileSync(join(directory, 'accounts'), `${settings.account}\n`)
  writeFileSync(join(directory, 'contacts'), '')
  const stopBlocking = blockSentRecordings(directory)
  const child = await ahead(() => launch(directory))
  const exited = followProcess(child, settings, directory, listener)
  void exited.then(stopBlocking)
  const control = await connectControl(settings.controlPort, exited, settings.owner)
  return {
    pid: child.pid ?? 0,
    directory,
    command: commander(control, settings.owner),
    exited,
    signal: (signal) => {
      control.destroy()
      child.kill(signal)
    },
  }
}

function launch(directory: string): ChildProcess {
  // stdbuf replaces itself by baresip (same pid) and makes the SIP trace come line by line instead of in 4 kB blocks
  const words = ['-oL', 'baresip', '-s', '-t', String(LONGEST_LIFE_SECONDS), '-f', directory]
  const child = spawn('stdbuf', words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC' },
  })
  running.add(child)
  if (!exitHookSet) {
    exitHookSet = true
    process.on('exit', () => {
      for (const left of running) left.kill('SIGKILL')
    })
  }
  return child
}

const BLOCK_AHEAD_SECONDS = 60

/**
 * At a hold baresip 1.0.0 throws away the filter that records what is heard, and makes a new one only when it has none
 * for what is sent either: after a hold nothing would be recorded. So the recording of what is sent is made to fail: a
 * directory stands where its file would go, for each of the next seconds (the names hold the time to the second).
 */
function blockSentRecordings(directory: string): () => void {
  let done = Math.floor(Date.now() / 1000) - 1
  const block = (): void => {
    const until = Math.floor(Date.now() / 1000) + BLOCK_AHEAD_SECONDS
    for (; done < until; done += 1) {
      const [date = '', time = ''] = new Date(done * 1000).toISOString().slice(0, 19).split('T')
      mkdirSync(join(directory, `dump-${date}-${time.replaceAll(':', '-')}-enc.wav`), { recursive: true })
    }
  }
  block()
  const timer = setInterval(block, 1000)
  timer.unref()
  return () => {
    clearInterval(timer)
  }
}

function followProcess(
  child: ChildProcess,
  settings: BaresipSettings,
  directory: string,
  { journal, onLog, onSip }: BaresipListener,
): Promise<void> {
  const ownAddress = `${settings.address}:${String(settings.sipPort)}`
  const split = traceSplitter()
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    for (const item of split(chunk)) {
      const at = Date.now()
      if (item.kind === 'log') {
        onLog(item.text)
        journal.add({ kind: 'log', text: item.text, at })
        continue
      }
      const callId = item.message.headers.find(([name]) => name.toLowerCase() === 'call-id')?.[1] ?? ''
      onSip(callId)
      journal.add({ kind: 'sip', sent: item.from === ownAddress, message: item.message, at })
    }
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (text.trim() !== '') journal.add({ kind: 'log', text: `stderr: ${text.trim()}`, at: Date.now() })
  })
  return new Promise((resolve) => {
    const ended = (text: string): void => {
      running.delete(child)
      rmSync(join(directory, 'accounts'), { force: true })
      journal.add({ kind: 'exit', text, at: Date.now() })
      resolve()
    }
    child.once('error', (error) => {
      ended(`baresip could not be started: ${error.message} (packages baresip-core and coreutils are needed)`)
    })
    child.once('close', (code, signal) => {
      ended(`baresip ended (${String(signal ?? code)})`)
    })
  })
}

async function connectControl(port: number, exited: Promise<void>, owner: string): Promise<Socket> {
  const phone = { dead: false }
  void exited.then(() => {
    phone.dead = true
  })
  const deadline = Date.now() + 5000
  for (;;) {
    const socket = await tryConnect(port)
    if (socket !== undefined) return socket
    if (phone.dead || Date.now() > deadline)
      throw new Error(`${owner}: baresip did not open its control port ${String(port)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function tryConnect(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    socket.once('connect', () => {
      resolve(socket)
    })
    socket.once('error', () => {
      resolve(undefined)
    })
  })
}

interface Answer {
  readonly response?: boolean
  readonly ok?: boolean
  readonly data?: string
  readonly token?: string
}

function commander(control: Socket, owner: string): Baresip['command'] {
  const pending = new Map<string, { resolve: (text: string) => void; reject: (error: Error) => void }>()
  const decode = netstringDecoder()
  let nextToken = 0
  control.on('error', () => {
    control.destroy()
  })
  control.on('close', () => {
    for (const [, waiting] of pending) waiting.reject(new Error(`${owner}: the phone is gone`))
    pending.clear()
  })
  control.on('data', (chunk: Buffer) => {
    for (const text of decode(chunk)) {
      const answer = JSON.parse(text) as Answer
      const waiting = answer.response === true ? pending.get(answer.token ?? '') : undefined
      if (waiting === undefined) continue
      pending.delete(answer.token ?? '')
      if (answer.ok === true) waiting.resolve(answer.data ?? '')
      else waiting.reject(new Error(`${owner}: baresip refused: ${answer.data ?? ''}`))
    }
  })
  const send = (command: string, parameter: string | undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      if (control.destroyed) {
        reject(new Error(`${owner}: the phone is gone`))
        return
      }
      const token = String((nextToken += 1))
      const timer = setTimeout(() => {
        pending.delete(token)
        reject(new Error(`${owner}: baresip did not answer the command ${command}`))
      }, COMMAND_PATIENCE_MS)
      pending.set(token, {
        resolve: (text) => {
          clearTimeout(timer)
          resolve(text)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
      control.write(encodeNetstring(JSON.stringify({ command, params: parameter, token })))
    })
  // baresip reads one netstring from each TCP segment and loses a second one in it: never send before the last answer
  let last: Promise<unknown> = Promise.resolve()
  return (command, parameter) => {
    const answer = last.then(() => send(command, parameter))
    last = answer.catch(() => undefined)
    return answer
  }
}

function configText(settings: BaresipSettings, directory: string): string {
  return [
    'poll_method epoll',
    `sip_listen ${settings.address}:${String(settings.sipPort)}`,
    `ctrl_tcp_listen 127.0.0.1:${String(settings.controlPort)}`,
    `net_interface ${settings.address}`,
    'call_local_timeout 600',
    'call_max_calls 20',
    'audio_path /nonexistent',
    `audio_source aufile,${settings.toneFile}`,
    // no jitter buffer: what arrives is written at once
    'jitter_buffer_delay 0-0',
    `rtp_ports ${String(settings.rtpPorts.from)}-${String(settings.rtpPorts.to)}`,
    'module_path /usr/lib/baresip/modules',
    'module g711.so',
    'module aufile.so',
    'module sndfile.so',
    'module_app account.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    'module_app mwi.so',
    'statmode_default off',
    'menu_bell no',
    `snd_path ${directory}`,
    '',
  ].join('\n')
}
