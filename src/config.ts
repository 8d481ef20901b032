import { z } from 'zod'
import type { Milliseconds } from './domain/ids.js'

const port = z.coerce.number().int().min(1).max(65535)
const url = (...protocols: readonly string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol.slice(0, -1))
      } catch {
        return false
      }
    },
    `not an address that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  )

/** Every setting of the process, read once from the environment. An empty value counts as not set. */
const environmentSchema = z.object({
  VAXEL_ARI_URL: url('http', 'https'),
  VAXEL_ARI_USER: z.string(),
  VAXEL_ARI_PASSWORD: z.string(),
  VAXEL_ARI_APP: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/, 'letters, digits, - and _ only')
    .default('vaxel'),
  VAXEL_SIP_ADDRESS: z.ipv4().or(z.ipv6()).optional(),
  VAXEL_REDIS_URL: url('redis', 'rediss').default('redis://127.0.0.1:6390'),
  VAXEL_SOUNDS_DIR: z.string(),
  VAXEL_SOUNDS_PATH: z.string(),
  VAXEL_RECORDINGS_DIR: z.string(),
  VAXEL_OWN_DIR: z.string(),
  VAXEL_HTTP_PORT: port.default(8090),
  VAXEL_HTTP_HOST: z.string().default('127.0.0.1'),
  VAXEL_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  VAXEL_MAIL_URL: url('smtp', 'smtps').optional(),
  VAXEL_MAIL_DIR: z.string().optional(),
  VAXEL_MAIL_FROM: z.email().default('vaxel@localhost.localdomain'),
  VAXEL_COMPANIES: z
    .string()
    .transform((files) =>
      files
        .split(',')
        .map((file) => file.trim())
        .filter((file) => file !== ''),
    )
    .optional(),
  VAXEL_NODE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'a to z, 0 to 9 and hyphen, at most 31')
    .default('a'),
  VAXEL_VOICE_COMMAND: z.string().optional(),
  VAXEL_CLOCK_OFFSET: z.coerce.number().int().min(-1e9).max(1e9).default(0),
})

type Environment = z.output<typeof environmentSchema>

export interface Config {
  readonly ari: {
    /** Asterisk's HTTP server, for example `http://127.0.0.1:8088`. */
    readonly url: string
    readonly user: string
    readonly password: string
    readonly app: string
  }
  /** The address phones speak to; sound is bound to it too. */
  readonly sipAddress?: string | undefined
  readonly redisUrl: string
  readonly sounds: {
    /** Where prompts are written by us. */
    readonly directory: string
    /** The same place as Asterisk sees it, the beginning of every `sound:` name. */
    readonly path: string
  }
  /** Where Asterisk stores recordings, as we see it. */
  readonly recordingsDirectory: string
  /** Where names, greetings and reasons that were recorded from phones are kept. */
  readonly ownDirectory: string
  readonly http: { readonly host: string; readonly port: number }
  readonly logLevel: Environment['VAXEL_LOG_LEVEL']
  readonly mail: {
    readonly url?: string | undefined
    /** Instead of sending, mails are written here as files. */
    readonly directory?: string | undefined
    readonly from: string
  }
  /** Company files applied at start. */
  readonly companies: readonly string[]
  /** Name of this exchange among several. */
  readonly node: string
  /** How far ahead of the machine's clock the exchange lives; for trying out, never in service. */
  readonly clockOffset: Milliseconds
  /** A program that renders speech instead of espeak-ng. */
  readonly voiceCommand?: string | undefined
}

/** Names every setting that is missing or wrong, one a line. Values are not repeated: one of them is a password. */
export class ConfigurationWrong extends Error {
  override readonly name = 'ConfigurationWrong'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

type Variables = Readonly<Record<string, string | undefined>>

function read<Shape extends z.ZodType>(schema: Shape, environment: Variables): z.output<Shape> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return parsed.data
  throw new ConfigurationWrong(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.')
      return set[name] === undefined
        ? `${name} is not set`
        : `${name} is wrong: ${issue.message.replace(/^Invalid input: /, '')}`
    }),
  )
}

/** All settings of the exchange. Throws `ConfigurationWrong`. */
export function readConfig(environment: Variables): Config {
  const found = read(environmentSchema, environment)
  return {
    ari: {
      url: found.VAXEL_ARI_URL.replace(/\/+$/, ''),
      user: found.VAXEL_ARI_USER,
      password: found.VAXEL_ARI_PASSWORD,
      app: found.VAXEL_ARI_APP,
    },
    sipAddress: found.VAXEL_SIP_ADDRESS,
    redisUrl: found.VAXEL_REDIS_URL,
    sounds: { directory: found.VAXEL_SOUNDS_DIR, path: found.VAXEL_SOUNDS_PATH },
    recordingsDirectory: found.VAXEL_RECORDINGS_DIR,
    ownDirectory: found.VAXEL_OWN_DIR,
    http: { host: found.VAXEL_HTTP_HOST, port: found.VAXEL_HTTP_PORT },
    logLevel: found.VAXEL_LOG_LEVEL,
    mail: { url: found.VAXEL_MAIL_URL, directory: found.VAXEL_MAIL_DIR, from: found.VAXEL_MAIL_FROM },
    companies: found.VAXEL_COMPANIES ?? [],
    node: found.VAXEL_NODE,
    voiceCommand: found.VAXEL_VOICE_COMMAND,
    clockOffset: found.VAXEL_CLOCK_OFFSET * 1000,
  }
}

/** What the command line needs, so that `vaxel apply` works without the settings of Asterisk. Throws `ConfigurationWrong`. */
export function readCommandConfig(environment: Variables): {
  readonly redisUrl: string
  readonly soundsDirectory?: string | undefined
  readonly voiceCommand?: string | undefined
} {
  const found = read(
    environmentSchema
      .pick({ VAXEL_REDIS_URL: true, VAXEL_SOUNDS_DIR: true, VAXEL_VOICE_COMMAND: true })
      .partial({ VAXEL_SOUNDS_DIR: true }),
    environment,
  )
  return {
    redisUrl: found.VAXEL_REDIS_URL,
    soundsDirectory: found.VAXEL_SOUNDS_DIR,
    voiceCommand: found.VAXEL_VOICE_COMMAND,
  }
}
