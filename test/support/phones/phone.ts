import { renameSync, rmSync } from 'node:fs'

import { toneFile } from '../sound/tone.js'
import { startBaresip, type Baresip } from './baresip.js'
import { createCall, type Call, type SipEntry } from './call.js'
import { createJournal, tell, type Entry, type Journal } from './journal.js'
import { freePorts, freeTcpPort, givePortsBack, type PortRange } from './ports.js'
import { openRecording, type Recording } from './recording.js'
import { callIdOf, headerValue, sequenceMethod, tagOf } from './sip-message.js'

export interface PhoneSettings {
  /** Registration name, also the name in messages of failed waits. */
  readonly name: string
  /** Without a password the phone does not register. */
  readonly password?: string
  /** `sip:HOST:PORT` of the exchange. */
  readonly registrar: string
  readonly display?: string
  /** The steady tone this phone plays into its calls; silence without one. */
  readonly tone?: number
  /** UDP and TCP port for SIP; baresip takes the next one too. Found by itself when not given. */
  readonly listenPort?: number
  readonly address?: string
  readonly autoAnswer?: boolean
  /** Subscribe to the message lamp after registering. */
  readonly mwi?: boolean
  /** Where to look for ports when listenPort is not given. */
  readonly ports?: PortRange
  readonly rtpPorts?: PortRange
  /** `pcma` unless told otherwise; several by comma. */
  readonly codecs?: string
}

/** How `#` in a dialled number goes over the wire: as it is, as `%23`, or left out at the end. */
export type HashForm = 'raw' | 'escaped' | 'none'

export interface DialOptions {
  readonly hash?: HashForm
}

export interface Lamp {
  readonly waiting: boolean
  readonly newMessages: number
  readonly oldMessages: number
}

export interface Phone {
  readonly name: string
  readonly tone: number
  readonly address: string
  readonly port: number
  readonly pid: number
  /** Where its configuration and recordings are until it is stopped; KEEP_PHONES=1 keeps them. */
  readonly directory: string
  readonly registered: (withinMs?: number) => Promise<void>
  readonly dial: (number: string, options?: DialOptions) => Promise<Call>
  /** The next incoming call that was not yet taken by an earlier `ringing()`, in the order of their coming. */
  readonly ringing: (withinMs?: number) => Promise<Call>
  /** Every call so far, ended ones too. */
  readonly calls: () => readonly Call[]
  /** Incoming calls are refused with 486 as soon as they come. */
  readonly doNotDisturb: (on: boolean) => void
  /** `early` = answer incoming calls with 183 and sound, `auto` = answer at once. */
  readonly answerMode: (mode: 'manual' | 'early' | 'auto') => Promise<void>
  /** What the message lamp was last told; undefined before the first NOTIFY. */
  readonly messageLamp: () => Lamp | undefined
  readonly messageLampShows: (fits: (lamp: Lamp) => boolean, withinMs?: number) => Promise<Lamp>
  /** RFC 4733 digits that came in, in order, over all calls. */
  readonly digitsHeard: () => string
  readonly hearsDigits: (digits: string, withinMs?: number) => Promise<void>
  /** Signs off at the registrar; calls of this account end. */
  readonly unregister: () => Promise<void>
  readonly register: () => Promise<void>
  /** The phone vanishes: no BYE, no sign-off. */
  readonly kill: () => Promise<void>
  /** Hangs up, signs off and ends. Safe to call twice and after kill(). */
  readonly stop: () => Promise<void>
  /** All that happened, as text. */
  readonly story: () => string
}

/** What a trunk needs beyond a phone: accounts of its own making and the number before its relay rewrote it. */
export interface PhoneWorkings {
  readonly phone: Phone
  readonly dialFrom: (account: Account, uri: string) => Promise<Call>
  readonly addAccount: (account: Account) => Promise<void>
}

interface WorkingsOptions {
  /** The name in messages of failed waits, when it is not the registration name. */
  readonly owner?: string
  /** What was dialled before a relay rewrote it, by Call-ID. */
  readonly dialledBefore?: (callId: string) => string | undefined
}

export interface Account {
  readonly aor: string
  readonly line: string
}

/** SIP and control ports are looked for here, and RTP ports below them, when the settings say nothing. */
const DEFAULT_PORTS: PortRange = { from: 21_600, to: 21_899 }
const DEFAULT_RTP_PORTS: PortRange = { from: 21_900, to: 21_998 }
const STOP_PATIENCE_MS = 2000

export async function startPhone(settings: PhoneSettings): Promise<Phone> {
  return (await startPhoneWorkings(settings, {})).phone
}

export async function startPhoneWorkings(
  settings: PhoneSettings,
  { owner = settings.name, dialledBefore = () => undefined }: WorkingsOptions,
): Promise<PhoneWorkings> {
  const address = settings.address ?? '127.0.0.1'
  const port = settings.listenPort ?? (await freePorts(address, settings.ports ?? DEFAULT_PORTS))
  const registrar = settings.registrar.replace(/^sip:/, '')
  const account = ownAccount(settings, registrar)
  const journal = createJournal(owner)
  const recorder = createRecorder(journal)
  const baresip = await startBaresip(
    {
      owner,
      address,
      sipPort: port,
      controlPort: settings.listenPort === undefined ? port + 2 : await freeTcpPort(),
      rtpPorts: settings.rtpPorts ?? DEFAULT_RTP_PORTS,
      account: account.line,
      toneFile: toneFile(settings.tone ?? 0),
    },
    { journal, onLog: recorder.onLog, onSip: recorder.onSip },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${tell(journal.entries, Date.now())}`)
  })
  const desk = createDesk({
    owner,
    settings,
    address,
    registrar,
    account,
    journal,
    baresip,
    recorder,
    dialledBefore,
  })
  return {
    phone: phoneOf(desk, port),
    dialFrom: desk.dialFrom,
    addAccount: async (added) => {
      await baresip.command('uanew', added.line)
    },
  }
}

function ownAccount(settings: PhoneSettings, registrar: string): Account {
  const parameters = [
    settings.password === undefined
      ? 'regint=0'
      : `auth_user=${settings.name};auth_pass=${settings.password};regint=300`,
    `mwi=${settings.mwi === true ? 'yes' : 'no'}`,
    `audio_codecs=${settings.codecs ?? 'pcma'}`,
    `answermode=${settings.autoAnswer === true ? 'auto' : 'manual'}`,
  ]
  const uri = `sip:${settings.name}@${registrar}`
  return { aor: uri, line: `${quoted(settings.display)}<${uri}>;${parameters.join(';')}` }
}

export function quoted(display: string | undefined): string {
  return display === undefined ? '' : `"${display}" `
}

interface Recorder {
  readonly onLog: (line: string) => void
  readonly onSip: (callId: string) => void
  readonly beforeAccept: (callId: string) => void
  readonly of: (callId: string) => readonly Recording[]
  readonly closeAll: (callId?: string) => void
}

/**
 * Finds the WAV file of each call. baresip names it by the second, so that a second call within it would overwrite the
 * first: each file is renamed as soon as it is announced (the open file goes on under its new name). Which call it
 * belongs to is known from the SIP message before the announcement, or from the accept that caused it.
 */
function createRecorder(journal: Journal): Recorder {
  const byCall = new Map<string, Recording[]>()
  let currentCall = ''
  let accepting = ''
  let made = 0
  const take = (path: string): void => {
    made += 1
    const file = path.replace(/dump-[^/]*$/, `heard-${String(made)}.wav`)
    renameSync(path, file)
    const list = byCall.get(currentCall) ?? []
    for (const earlier of list) earlier.close()
    byCall.set(currentCall, [...list, openRecording(file, Date.now())])
  }
  return {
    onLog: (line) => {
      if (line.startsWith('call: answering call') && accepting !== '') {
        currentCall = accepting
        accepting = ''
      }
      const path = /^sndfile: dumping decode audio to (.+)$/.exec(line)?.[1]
      if (path === undefined) return
      try {
        take(path)
      } catch (error) {
        journal.add({ kind: 'log', text: `recording lost: ${String(error)}`, at: Date.now() })
      }
    },
    onSip: (callId) => {
      currentCall = callId
    },
    beforeAccept: (callId) => {
      accepting = callId
    },
    of: (callId) => byCall.get(callId) ?? [],
    closeAll: (callId) => {
      for (const [id, recordings] of byCall) {
        if (callId === undefined || id === callId) for (const recording of recordings) recording.close()
      }
    },
  }
}

interface DeskParts {
  readonly owner: string
  readonly settings: PhoneSettings
  readonly address: string
  readonly registrar: string
  readonly account: Account
  readonly journal: Journal
  readonly baresip: Baresip
  readonly recorder: Recorder
  readonly dialledBefore: (callId: string) => string | undefined
}

interface Desk extends DeskParts {
  readonly calls: () => readonly Call[]
  readonly ringing: Phone['ringing']
  readonly dialFrom: (account: Account, uri: string) => Promise<Call>
  readonly doNotDisturb: (on: boolean) => void
  readonly onAccount: (account: Account, command: string, parameter?: string) => Promise<string>
}

function createDesk(parts: DeskParts): Desk {
  const { journal, recorder, baresip, account } = parts
  const calls = new Map<string, Call>()
  const waiting: Call[] = []
  let refusing = false
  let dialling: Promise<unknown> = Promise.resolve()
  let seen = 0

  const onAccount = async (used: Account, command: string, parameter?: string): Promise<string> => {
    const selected = baresip.command('uafind', used.aor)
    const done = baresip.command(command, parameter)
    await Promise.all([selected, done])
    return done
  }
  const open = (invite: SipEntry, used: Account): Call => {
    const id = callIdOf(invite.message)
    const call = createCall({
      owner: parts.owner,
      journal,
      invite,
      dialled: parts.dialledBefore(id),
      registrar: parts.registrar,
      address: parts.address,
      beforeAccept: () => {
        recorder.beforeAccept(id)
      },
      recordings: () => recorder.of(id),
      onThisCall: async (command, parameter) => {
        const selected = [baresip.command('uafind', used.aor), baresip.command('callfind', id)]
        const done = baresip.command(command, parameter)
        const [, found] = await Promise.all([...selected, done])
        if (found?.includes('not found') === true) throw new Error(`${parts.owner}: the call is over`)
        return done
      },
    })
    calls.set(id, call)
    return call
  }
  const look = (entry: Entry): void => {
    if (entry.kind !== 'sip') return
    const id = callIdOf(entry.message)
    if (calls.get(id)?.isClosed() === true) recorder.closeAll(id)
    if (calls.has(id) || entry.sent || !isOpeningInvite(entry)) return
    const call = open(entry, account)
    if (refusing) void call.reject().catch(() => undefined)
    else waiting.push(call)
  }
  journal.watch(() => {
    for (; seen < journal.entries.length; seen += 1) {
      const entry = journal.entries[seen]
      if (entry !== undefined) look(entry)
    }
  })

  const dialFrom = (used: Account, uri: string): Promise<Call> => {
    const dialled = dialling.then(async () => {
      const from = journal.entries.length
      await onAccount(used, 'dial', uri)
      const invite = await journal.until(`our INVITE to ${uri}`, () =>
        journal.entries
          .slice(from)
          .find(
            (entry): entry is SipEntry =>
              isOpeningInvite(entry) && entry.sent && !calls.has(callIdOf(entry.message)),
          ),
      )
      return open(invite, used)
    })
    dialling = dialled.catch(() => undefined)
    return dialled
  }
  return {
    ...parts,
    calls: () => [...calls.values()],
    ringing: (withinMs) => journal.until('an incoming call', () => waiting.shift(), withinMs),
    dialFrom,
    onAccount,
    doNotDisturb: (on) => {
      refusing = on
    },
  }
}

function isOpeningInvite(entry: Entry): entry is SipEntry {
  return (
    entry.kind === 'sip' &&
    entry.message.method === 'INVITE' &&
    tagOf(headerValue(entry.message, 'To')) === undefined
  )
}

function phoneOf(desk: Desk, port: number): Phone {
  const { journal, baresip, recorder, settings, account, registrar } = desk
  const bornAt = Date.now()
  let ended = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (ended) {
      await baresip.exited
      return
    }
    ended = true
    baresip.signal(signal)
    const timer = setTimeout(() => {
      baresip.signal('SIGKILL')
    }, STOP_PATIENCE_MS)
    await baresip.exited
    clearTimeout(timer)
    recorder.closeAll()
    givePortsBack(port)
    if (process.env['KEEP_PHONES'] === undefined) rmSync(baresip.directory, { recursive: true, force: true })
  }
  const registration = (from: number, expires: 'zero' | 'some'): true | undefined =>
    registrationAnswered(journal.entries.slice(from), expires)
  let signedOnFrom = 0
  return {
    name: settings.name,
    tone: settings.tone ?? 0,
    address: desk.address,
    port,
    pid: baresip.pid,
    directory: baresip.directory,
    registered: async (withinMs) => {
      await journal.until('the registration', () => registration(signedOnFrom, 'some'), withinMs)
    },
    dial: (number, options) =>
      desk.dialFrom(account, `sip:${dialString(number, options?.hash ?? 'raw')}@${registrar}`),
    ringing: desk.ringing,
    calls: desk.calls,
    doNotDisturb: desk.doNotDisturb,
    answerMode: async (mode) => {
      await desk.onAccount(account, 'answermode', mode)
    },
    messageLamp: () => lampOf(journal.entries),
    messageLampShows: (fits, withinMs) =>
      journal.until(
        'the message lamp',
        () => {
          const lamp = lampOf(journal.entries)
          return lamp !== undefined && fits(lamp) ? lamp : undefined
        },
        withinMs,
      ),
    digitsHeard: () => digitsOf(journal.entries),
    hearsDigits: async (digits, withinMs) => {
      await journal.until(
        `the digits ${digits}`,
        () => (digitsOf(journal.entries).includes(digits) ? true : undefined),
        withinMs,
      )
    },
    unregister: async () => {
      const from = journal.entries.length
      await baresip.command('uadel', account.aor)
      await journal.until('the sign-off', () => registration(from, 'zero'))
    },
    register: async () => {
      signedOnFrom = journal.entries.length
      await baresip.command('uanew', account.line)
      await journal.until('the registration', () => registration(signedOnFrom, 'some'))
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    story: () => tell(journal.entries, bornAt),
  }
}

function dialString(number: string, form: HashForm): string {
  if (form === 'escaped') return number.replaceAll('#', '%23')
  return form === 'none' ? number.replace(/#$/, '') : number
}

function registrationAnswered(entries: readonly Entry[], expires: 'zero' | 'some'): true | undefined {
  const asked = entries.findLastIndex(
    (entry) => entry.kind === 'sip' && entry.sent && entry.message.method === 'REGISTER',
  )
  const request = entries[asked]
  if (request?.kind !== 'sip') return undefined
  const signsOff = /expires=0\b/.test(headerValue(request.message, 'Contact') ?? '')
  if (signsOff !== (expires === 'zero')) return undefined
  const answered = entries
    .slice(asked)
    .some(
      (entry) =>
        entry.kind === 'sip' &&
        !entry.sent &&
        entry.message.status === 200 &&
        sequenceMethod(entry.message) === 'REGISTER',
    )
  return answered ? true : undefined
}

function lampOf(entries: readonly Entry[]): Lamp | undefined {
  const told = entries.findLast(
    (entry): entry is SipEntry =>
      entry.kind === 'sip' &&
      !entry.sent &&
      entry.message.method === 'NOTIFY' &&
      (headerValue(entry.message, 'Event') ?? '').startsWith('message-summary') &&
      entry.message.body.includes('Messages-Waiting'),
  )
  if (told === undefined) return undefined
  const { body } = told.message
  const [, fresh = '0', old = '0'] = /Voice-Message:\s*(\d+)\/(\d+)/i.exec(body) ?? []
  return {
    waiting: /Messages-Waiting:\s*yes/i.test(body),
    newMessages: Number(fresh),
    oldMessages: Number(old),
  }
}

function digitsOf(entries: readonly Entry[]): string {
  return entries
    .flatMap((entry) =>
      entry.kind === 'log' ? [/^received event: '(.)' \(end=0\)/.exec(entry.text)?.[1] ?? ''] : [],
    )
    .join('')
}
