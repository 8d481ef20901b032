import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { loadTongues } from '../../src/adapters/voice/catalogue.js'
import { openVoice } from '../../src/adapters/voice/voice.js'
import { connectRedis } from '../../src/adapters/redis/connect.js'
import type { Absence } from '../../src/domain/absence/absence.js'
import { reasonNamed, reasonsOf } from '../../src/domain/absence/reasons.js'
import { noAbsences } from '../../src/domain/absence/transitions.js'
import { companySchema, type Company, type Person } from '../../src/domain/directory/company.js'
import { devicesToProvision } from '../../src/domain/directory/provision.js'
import type { DeviceName } from '../../src/domain/ids.js'
import { absenceSentence } from '../../src/domain/speech/absence-sentence.js'
import { personName } from '../../src/domain/speech/names.js'
import { projectDirectory } from '../../src/project.js'
import { startExchange, type Exchange } from '../../test/support/exchange.js'
import { silentLogger } from '../../test/support/silent-logger.js'
import { startCaller, type Caller } from './caller.js'

/** Who is called: Växel by its trunk, the bare loop and the plain dialplan by endpoints that differ in their context alone. */
export const ways = ['vaxel', 'bare', 'plain'] as const
export type Way = (typeof ways)[number]

const addressOf: Readonly<Record<Way, string>> = {
  vaxel: '127.0.0.2',
  bare: '127.0.0.3',
  plain: '127.0.0.4',
}

const dialled = '+46846500401'

const companyFile = {
  company: 'bench',
  name: 'Bänken AB',
  language: 'sv',
  zone: 'Europe/Stockholm',
  country: 'SE',
  main: '+46846500400',
  trunk: { name: 'bench-vaxel', host: `${addressOf.vaxel}:5060`, from: [addressOf.vaxel] },
  reception: { people: ['rut'] },
  // Callers who press nothing stay as long as possible, so that many are there at once.
  settings: { menuTarget: 'reception', menuSeconds: 20 },
  people: [
    {
      id: 'rut',
      name: 'Rut Rask',
      extension: '100',
      profile: { menu: 'voicemail' },
      devices: [{ name: 'bench-rut' }],
    },
    {
      id: 'anna',
      name: 'Anna Andersson',
      extension: '101',
      numbers: [dialled],
      devices: [{ name: 'bench-anna' }],
    },
  ],
}

/** Sound of 2000 calls at once, away from the ports of the tests. */
const rtp = { first: 24_000, last: 27_999 }

export interface BenchOffice {
  readonly exchange: Exchange
  readonly callers: Readonly<Record<Way, Caller>>
  readonly barePid: number
  /** Växel's own output. */
  readonly log: string
  stop(): Promise<void>
}

/** An exchange with one person who is at lunch, reached in three ways that all play the same files. */
export async function startBenchOffice(): Promise<BenchOffice> {
  const exchange = await startExchange({
    ahead: false,
    rtp,
    // A free port, should the inspector be opened; it is not opened by this.
    environment: { NODE_OPTIONS: '--inspect-port=127.0.0.1:0', VAXEL_LOG_LEVEL: 'info' },
  })
  let bare: ChildProcess | undefined
  try {
    const company = companySchema.parse(companyFile)
    const person = company.people.find(({ id }) => id === 'anna')
    if (person === undefined) throw new Error('nobody is absent')
    const absence = await goToLunch(exchange, company, person)
    await exchange.vaxel.start()
    const media = await sentenceOf(exchange, company, person, absence)
    await openOtherWays(exchange, company, media)
    bare = await startBareLoop(exchange, media)
    const callers = await startCallers(exchange)
    return {
      exchange,
      callers,
      barePid: bare.pid ?? 0,
      log: join(exchange.places.directory, 'logs/vaxel.log'),
      stop: async () => {
        for (const caller of Object.values(callers)) caller.close()
        bare?.kill()
        await exchange.stop()
      },
    }
  } catch (error) {
    bare?.kill()
    const logs = exchange.logs()
    await exchange.stop()
    throw new Error(`the office did not open\n${logs}`, { cause: error })
  }
}

async function goToLunch(exchange: Exchange, company: Company, person: Person): Promise<Absence> {
  const redis = await connectRedis({ url: exchange.redisUrl, log: silentLogger })
  const now = Date.now()
  const absence: Absence = {
    id: 'bench',
    person: person.id,
    reason: 'lunch',
    source: 'person',
    from: now,
    until: now + 4 * 3_600_000,
    returnForm: 'time',
    setBy: person.id,
    setAt: now,
    means: 'keypad',
  }
  await redis.stores.companies.write(company, JSON.stringify(companyFile), 0, now)
  const change = {
    command: 'bench',
    at: now,
    person: person.id,
    by: person.id,
    means: 'keypad',
    after: absence,
  } as const
  await redis.stores.absences.replace(
    company.company,
    person.id,
    0,
    { ...noAbsences, set: [absence], version: 1 },
    change,
  )
  redis.close()
  return absence
}

/** The files Växel plays, found as Växel finds them. */
async function sentenceOf(
  exchange: Exchange,
  company: Company,
  { id, name, extension }: Person,
  { until, returnForm }: Absence,
): Promise<readonly string[]> {
  const prompts = join(projectDirectory, 'prompts')
  const tongues = await loadTongues(prompts)
  const voice = await openVoice({
    tongues,
    directory: exchange.places.soundsDirectory,
    seenByAsterisk: exchange.places.soundsPath,
    promptsDir: prompts,
    recordingsDir: exchange.said.own,
    asteriskRecordings: exchange.said.recordings,
  })
  const spokenName = personName(tongues.sv, { company: company.company, person: id, name, extension })
  const sentence = absenceSentence(tongues.sv, spokenName, {
    company: company.company,
    reason: reasonNamed(reasonsOf(company), 'lunch'),
    return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
    now: Date.now(),
    zone: company.zone,
  })
  return voice.media('sv', sentence)
}

/** Two more endpoints like Växel's trunk, and their contexts, which exist only in this running Asterisk. */
async function openOtherWays(exchange: Exchange, company: Company, media: readonly string[]): Promise<void> {
  for (const way of ['bare', 'plain'] as const) {
    const name = `bench-${way}`
    const trunk = {
      name: name as DeviceName,
      host: `${addressOf[way]}:5060`,
      from: [addressOf[way]],
      register: false,
    }
    const { objects } = devicesToProvision({ ...company, people: [], trunk }, new Map())
    for (const { module, type, id, fields } of objects) {
      const moved = fields.map((field) => (field.attribute === 'context' ? { ...field, value: name } : field))
      const answer = await exchange.rest('PUT', `/asterisk/config/dynamic/${module}/${type}/${id}`, {
        fields: moved,
      })
      if (answer.status !== 200) throw new Error(`${type} ${id}: ${JSON.stringify(answer)}`)
    }
  }
  const files = media.map((file) => file.replace('sound:', '')).join('&')
  await dialplan(exchange, 'bench-bare', ['Stasis(bare)', 'Hangup()'])
  await dialplan(exchange, 'bench-plain', ['Answer()', `Playback(${files})`, 'Wait(60)', 'Hangup()'])
}

async function dialplan(exchange: Exchange, context: string, steps: readonly string[]): Promise<void> {
  for (const [index, step] of steps.entries())
    await exchange.asteriskCli(`dialplan add extension _[0-9+]!,${String(index + 1)},${step} into ${context}`)
}

function startBareLoop(exchange: Exchange, media: readonly string[]): Promise<ChildProcess> {
  const { url, user, password } = exchange.ari
  const program = join(import.meta.dirname, 'bare-loop.js')
  // As Växel is started (src/launcher/vaxel.ts): neither is to compile anew after each turn of the other.
  const words = ['--no-memory-reducer', program, url, user, password, 'bare', media.join(',')]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => {
      resolve(child)
    })
    child.once('exit', () => {
      reject(new Error('the bare loop ended'))
    })
  })
}

async function startCallers(exchange: Exchange): Promise<Readonly<Record<Way, Caller>>> {
  const callers = await Promise.all(
    ways.map(async (way) => {
      const caller = await startCaller({
        address: addressOf[way],
        exchange: exchange.sip,
        from: '+46701740630',
        to: dialled,
      })
      return [way, caller] as const
    }),
  )
  return Object.fromEntries(callers) as Record<Way, Caller>
}
