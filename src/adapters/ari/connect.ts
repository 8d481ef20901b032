import type { LegId, RecordingName } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import { NoSuchThing, type Pbx } from '../../ports/pbx.js'
import type { Lamps, Provisioner } from '../../ports/provisioner.js'
import type { Clock } from '../../runtime/clock.js'
import { Book } from './book.js'
import {
  openConnection,
  readDescriptions,
  type Api,
  type AriConnection,
  type ConnectionLimits,
} from './connection.js'
import { Audience } from './events.js'
import { afterGap } from './gap.js'
import { lanes } from './lanes.js'
import { legCommands } from './legs.js'
import { lamps, provisioner } from './provisioning.js'
import { command, refusal } from './refusals.js'
import { hasDialplan, type AriChannel } from './messages.js'
import { roomCommands } from './rooms.js'
import { soundCommands } from './sounds.js'
import { Translator } from './translator.js'

export interface AriSettings {
  /** Address of Asterisk's HTTP server, with or without `/ari`, for example `http://127.0.0.1:8088/ari`. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** The Stasis application; only one process at a time may hold it. */
  readonly app: string
  readonly log: Logger
  readonly clock: Clock
  /** Called once, when the connection cannot be had any more or somebody else took it: the process must end. */
  readonly onFatal: (why: string) => void
  readonly limits?: Partial<ConnectionLimits> | undefined
  /** From `readApi`; left out, it is read now. */
  readonly api?: Api | undefined
}

export interface Ari {
  readonly pbx: Pbx
  readonly provisioner: Provisioner
  readonly lamps: Lamps
  /** For example `22.10.1~dfsg+~cs6.15-1`. */
  readonly version: string
  connected(): boolean
  /** The sound file (WAV) of an ended recording. Rejects with `NoSuchThing` or `PbxUnavailable`. */
  readRecording(recording: RecordingName): Promise<Uint8Array>
  close(): Promise<void>
}

/** Asterisk's HTTP server alone. */
const serverOf = (url: string): string => url.replace(/\/(ari\/?)?$/, '')

/**
 * Reads what Asterisk says of its API, without connecting: nobody else notices. It takes a fifth of a second of work, which can be done
 * before it matters. Rejects like `connectAri`.
 */
export function readApi(
  settings: Pick<AriSettings, 'url' | 'user' | 'password' | 'clock' | 'limits'>,
): Promise<Api> {
  return readDescriptions({ ...settings, url: serverOf(settings.url) })
}

/**
 * Connects to Asterisk. Rejects with `PbxUnavailable` when it cannot be reached within the limit, and with a plain Error
 * when it lacks an operation that is needed. Events that come before the first listener wait for it.
 */
export async function connectAri(settings: AriSettings): Promise<Ari> {
  const book = new Book()
  const audience = new Audience(settings.log)
  // Known to the event handlers before it is open.
  const link: { connection?: AriConnection } = {}
  const translator = new Translator({
    book,
    tell: (event) => {
      audience.tell(event)
    },
    livesOn: async (leg) => {
      try {
        const found = await link.connection?.call('channels.get', { channelId: leg })
        return found?.status === 200 && hasDialplan(found.body as AriChannel)
      } catch {
        return false
      }
    },
    end: (leg) => {
      link.connection?.call('channels.hangup', { channelId: leg }).catch((error: unknown) => {
        settings.log.warn('a leg whose place was taken could not be ended', { leg, error })
      })
    },
  })
  const connection = await openConnection(
    { ...settings, url: serverOf(settings.url) },
    {
      onEvent: (event) => {
        try {
          translator.take(event)
        } catch (error) {
          settings.log.warn('An event of Asterisk could not be read', { type: typeOf(event), error })
        }
      },
      onGap: () => {
        translator.forgetReachable()
        book.forgetReturns()
        audience.tell({ kind: 'gap' })
        if (link.connection)
          void afterGap(link.connection, book, (event) => {
            audience.tell(event)
          })
      },
    },
  )
  link.connection = connection
  return assemble(connection, book, audience, settings.app)
}

async function assemble(
  connection: AriConnection,
  book: Book,
  audience: Audience,
  app: string,
): Promise<Ari> {
  const lane = lanes(connection, book)
  const commands = {
    ...legCommands(connection, book, lane, app),
    ...roomCommands(connection, book, lane, app),
    ...soundCommands(connection, book, lane),
    ...keeping(connection),
  }
  const pbx: Pbx = {
    ...commands,
    ...refusingEnded(commands, book),
    snapshot: async () => {
      const { legs, rooms } = await commands.snapshot()
      return { legs: legs.filter((leg) => !book.hasEnded(leg.id)), rooms }
    },
    onEvent: (listener) => audience.add(listener),
  }
  const info = await command(connection, 'asterisk.getInfo', { only: 'system' })
  return {
    pbx,
    provisioner: provisioner(connection),
    lamps: lamps(connection),
    version: (info.body as { readonly system: { readonly version: string } }).system.version,
    connected: () => connection.connected(),
    readRecording: async (recordingName) => {
      const { status, bytes } = await connection.fileOverHttp('recordings.getStoredFile', { recordingName })
      if (status === 404) throw new NoSuchThing(`recording ${recordingName}`)
      if (status !== 200) throw refusal('recordings.getStoredFile', { status, body: undefined })
      return bytes
    },
    close: () => connection.close(),
  }
}

const keptVariable = (name: string): string => `VAXEL_KEPT_${name}`

/** Global variables of Asterisk: they last until it restarts. */
const keeping = (connection: AriConnection): Pick<Pbx, 'keep' | 'kept' | 'linkOf'> => ({
  keep: async (name, value) => {
    await command(connection, 'asterisk.setGlobalVar', { variable: keptVariable(name), value })
  },
  kept: async (name) => {
    const found = await command(connection, 'asterisk.getGlobalVar', { variable: keptVariable(name) })
    return (found.body as { readonly value?: string }).value ?? ''
  },
  linkOf: async (channelId) => {
    const found = await command(connection, 'channels.getChannelVar', {
      channelId,
      variable: 'CHANNEL(linkedid)',
    })
    return (found.body as { readonly value?: string }).value ?? ''
  },
})

/** A leg whose end was told is gone for every command, also during the moment in which Asterisk still takes it down. */
function refusingEnded(
  pbx: Omit<Pbx, 'onEvent'>,
  book: Book,
): Pick<
  Pbx,
  | 'answer'
  | 'indicateRinging'
  | 'note'
  | 'show'
  | 'play'
  | 'startMusic'
  | 'stopMusic'
  | 'record'
  | 'sendDigits'
  | 'leaveTo'
  | 'dial'
  | 'enter'
  | 'openEar'
  | 'feedSilence'
> {
  const alive =
    <Rest extends readonly unknown[]>(run: (leg: LegId, ...rest: Rest) => Promise<void>) =>
    (leg: LegId, ...rest: Rest): Promise<void> =>
      book.hasEnded(leg) ? Promise.reject(new NoSuchThing(`leg ${leg} has ended`)) : run(leg, ...rest)
  return {
    answer: alive((leg) => pbx.answer(leg)),
    indicateRinging: alive((leg) => pbx.indicateRinging(leg)),
    note: alive((leg, notes) => pbx.note(leg, notes)),
    show: alive((leg, party) => pbx.show(leg, party)),
    play: alive((leg, playback, sounds) => pbx.play(leg, playback, sounds)),
    startMusic: alive((leg, musicClass) => pbx.startMusic(leg, musicClass)),
    stopMusic: alive((leg) => pbx.stopMusic(leg)),
    record: alive((leg, recording, limits) => pbx.record(leg, recording, limits)),
    sendDigits: alive((leg, digits) => pbx.sendDigits(leg, digits)),
    leaveTo: alive((leg, dialplan) => pbx.leaveTo(leg, dialplan)),
    dial: alive((leg, options) => pbx.dial(leg, options)),
    enter: async (room, legs, options) => {
      const ended = legs.find((leg) => book.hasEnded(leg))
      if (ended !== undefined) throw new NoSuchThing(`leg ${ended} has ended`)
      await pbx.enter(room, legs, options)
    },
    openEar: async (ear, leg, hears) => {
      if (book.hasEnded(leg)) throw new NoSuchThing(`leg ${leg} has ended`)
      return pbx.openEar(ear, leg, hears)
    },
    feedSilence: alive((leg, on) => pbx.feedSilence(leg, on)),
  }
}

function typeOf(event: unknown): string {
  return typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : 'none'
}
