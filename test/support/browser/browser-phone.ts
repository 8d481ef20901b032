import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'
import { openPage } from './chromium.js'
import { linked } from './linked.js'

/** A telephone in a browser: JsSIP in Chromium, over the exchange's websocket. */
export interface BrowserPhone {
  /** What it plays to others, in hertz. */
  readonly tone: number
  dial(number: string): Promise<BrowserCall>
  /** The next call that comes in. */
  ringing(): Promise<BrowserCall>
  hangupAll(): Promise<void>
  stop(): Promise<void>
}

export interface BrowserCall {
  /** User part of the From of a call that came in, or of whom was called. */
  readonly peer: string
  accept(): Promise<void>
  /** Resolves when both sides talk; rejects with the cause when the call fails. */
  talking(): Promise<void>
  /** Resolves when it is over. */
  over(): Promise<void>
  hangup(): Promise<void>
  /** Digits by RFC 4733. */
  keys(digits: string): Promise<void>
  /** Waits for `ms` of sound and gives it, 8000 samples a second. */
  readonly listen: (ms: number) => Promise<{ readonly samples: Float32Array }>
  statistics(): Promise<CallStatistics>
}

const statisticsSchema = z.object({
  /** Packets of sound. */
  sent: z.number(),
  received: z.number(),
  codec: z.string(),
  /** `connected` when the key exchange of DTLS is done. */
  encryption: z.string(),
  /** Of the sound; empty without encryption. */
  cipher: z.string(),
})
export type CallStatistics = z.output<typeof statisticsSchema>

const callsSchema = z.array(z.object({ state: z.string(), from: z.string() }))

export interface BrowserPhoneSettings {
  readonly name: string
  readonly password: string
  /** `ws://127.0.0.1:8088/ws` */
  readonly socket: string
  readonly tone: number
}

const require = createRequire(import.meta.url)
const host = '127.0.0.1'
const patience = 20_000

/** Opens the page and registers. */
export async function startBrowserPhone(settings: BrowserPhoneSettings): Promise<BrowserPhone> {
  const page = await openPage([
    linked('JsSIP', require.resolve('jssip')),
    readFileSync(new URL('page.js', import.meta.url), 'utf8'),
  ])
  const ask = (method: string, ...words: readonly unknown[]): Promise<unknown> =>
    page.run(`phone.${method}(${words.map((word) => JSON.stringify(word)).join(', ')})`)
  const calls = async () => callsSchema.parse(await ask('calls'))
  /** Calls that came in and were given to the test. */
  let taken = 0

  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + patience
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`the browser of ${settings.name} waits for ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const call = async (index: number): Promise<BrowserCall> => {
    const state = async (): Promise<string> => (await calls())[index]?.state ?? ''
    return {
      peer: (await calls())[index]?.from ?? '',
      accept: async () => {
        await ask('accept', index)
      },
      talking: () =>
        until('an answer', async () => {
          const now = await state()
          if (/^(failed|ended)/.test(now)) throw new Error(`the call of ${settings.name} ${now}`)
          return now === 'talking'
        }),
      over: () => until('the end of the call', async () => /^(failed|ended)/.test(await state())),
      hangup: async () => {
        await ask('hangup', index)
      },
      keys: async (digits) => {
        await ask('key', index, digits)
      },
      listen: async (ms) => ({ samples: samplesOf(z.string().parse(await ask('hear', index, ms))) }),
      statistics: async () => statisticsSchema.parse(await ask('statistics', index)),
    }
  }

  try {
    const { socket, name, password, tone } = settings
    await ask('open', { socket, password, tone, uri: `sip:${name}@${host}` })
  } catch (error) {
    await page.stop()
    throw error
  }
  return {
    tone: settings.tone,
    dial: async (number) => {
      const index = z.number().parse(await ask('dial', `sip:${number.replaceAll('#', '%23')}@${host}`))
      taken = index + 1
      return call(index)
    },
    ringing: async () => {
      await until('a call', async () => (await calls()).length > taken)
      taken += 1
      return call(taken - 1)
    },
    hangupAll: async () => {
      await ask('hangupAll')
    },
    stop: () => page.stop(),
  }
}

function samplesOf(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32_768)
}
