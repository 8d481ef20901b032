import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Absence } from '../../src/domain/absence/absence.js'
import type { CompanyId, DeviceName, PersonId } from '../../src/domain/ids.js'
import { connectRedis, type ConnectedRedis } from '../../src/adapters/redis/connect.js'
import { projectDirectory } from '../../src/project.js'
import { startExchange, type Exchange, type ExchangeOptions } from './exchange.js'
import { openLines, type Lines } from './lines.js'
import { officeFile } from './office.js'
import type { Call } from './phones/call.js'
import { watchBusyLamp, type BusyLamp } from './phones/lamp.js'
import { startPhone, type Phone, type PhoneSettings } from './phones/phone.js'
import { startTrunk, type Trunk } from './phones/trunk.js'
import { silentLogger } from './silent-logger.js'

export type CompanyFile = Readonly<Record<string, unknown>> & { readonly company: string }

export interface RealOffice {
  readonly exchange: Exchange
  /** The stores that Växel works with. */
  readonly redis: ConnectedRedis
  /** What Växel can say, and its recognition. */
  readonly lines: Lines
  /** Starts and registers a phone of a company by its device name. */
  phone(device: string, settings?: number | Partial<PhoneSettings>): Promise<Phone>
  /** The password of a device, for a phone that is started otherwise. */
  passwordOf(device: string): string
  /** The lamp that a phone of a company watches at this extension. */
  lamp(device: string, target: string): Promise<BusyLamp>
  /** The network outside, at the trunk of the first company, or of another by its place in the list. */
  trunk(tone?: number, company?: number): Promise<Trunk>
  /** Runs the command line, as a person would; gives what it printed. Rejects with its complaint. */
  vaxel(...words: readonly string[]): Promise<string>
  /** Sets an absence in the store, as another process would; `undefined` clears what was set. */
  away(
    person: string,
    absence?: Partial<Absence> & { readonly reason: string },
    company?: string,
  ): Promise<void>
  /** Forgets absences, messages, requests and locks of a company, and what was written of its calls. */
  tidy(company?: string): Promise<void>
  /** Waits until Asterisk has no channel left; rejects with the list of those it has. */
  noChannelsLeft(withinMs?: number): Promise<void>
  stop(): Promise<void>
}

export interface RealOfficeOptions extends ExchangeOptions {
  /** Company files; the first one's trunk is at 127.0.0.2, the next one's at 127.0.0.3. Default: `officeFile`. */
  readonly files?: readonly CompanyFile[]
}

/** The compiled program; scripts/test builds it. */
export const distribution = process.env['VAXEL_DIST'] ?? join(projectDirectory, 'dist')

/** The office of the flow tests on a real Asterisk, with real phones. */
export async function startRealOffice(options: RealOfficeOptions = {}): Promise<RealOffice> {
  const exchange = await startExchange({ main: join(distribution, 'main.js'), ...options, vaxel: false })
  const { from, to } = { from: exchange.ports.base + 10, to: exchange.ports.base + 59 }
  const companies = options.files ?? [officeFile]
  const trunkAddress = (index: number): string => `127.0.0.${String(2 + index)}`
  const files = companies.map((company, index) => {
    const file = join(exchange.places.directory, `${company.company}.yaml`)
    const trunk = {
      name: `${company.company}-trunk`,
      host: `${trunkAddress(index)}:${String(from)}`,
      from: [trunkAddress(index)],
    }
    writeFileSync(file, stringify({ ...company, trunk }))
    return file
  })
  const vaxel = (...words: readonly string[]): Promise<string> => run(exchange, words)
  try {
    await exchange.vaxel.start()
    await vaxel('apply', ...files)
  } catch (error) {
    const logs = exchange.logs()
    await exchange.stop()
    throw new Error(`the office did not open\n${logs}`, { cause: error })
  }
  const passwords = await passwordsOf(vaxel)
  const redis = await connectRedis({ url: exchange.redisUrl, log: silentLogger })
  const registrar = `sip:${exchange.sip.address}:${String(exchange.sip.port)}`
  const ports = { from: from + 1, to }
  const open: { stop(): Promise<void> }[] = []
  const first = companies[0]?.company ?? ''
  const passwordOf = (device: string): string => {
    const password = passwords.get(device as DeviceName)
    if (password === undefined) throw new Error(`there is no device ${device}`)
    return password
  }
  return {
    exchange,
    passwordOf,
    redis,
    vaxel,
    lines: await openLines(exchange.environment),
    phone: async (device, settings = {}) => {
      const password = passwordOf(device)
      const more = typeof settings === 'number' ? { tone: settings } : settings
      const phone = await startPhone({ name: device, password, registrar, ports, ...more })
      open.push(phone)
      await phone.registered()
      return phone
    },
    lamp: (device, target) => {
      const password = passwords.get(device as DeviceName)
      if (password === undefined) throw new Error(`there is no device ${device}`)
      return watchBusyLamp({ name: device, password, registrar, target })
    },
    trunk: async (tone, company = 0) => {
      const trunk = await startTrunk({
        name: 'outside',
        exchange: registrar,
        address: trunkAddress(company),
        port: from,
        ports,
        ...(tone === undefined ? {} : { tone }),
      })
      open.push(trunk)
      return trunk
    },
    away: (person, absence, company = first) => setAway(redis, company, person, absence),
    tidy: async (company = first) => {
      await tidy(redis, company, companies.find((file) => file.company === company)?.['people'])
    },
    noChannelsLeft: async (withinMs = 10_000) => {
      const deadline = Date.now() + withinMs
      for (;;) {
        const { body } = await exchange.rest('GET', '/channels')
        if (Array.isArray(body) && body.length === 0) return
        if (Date.now() > deadline) throw new Error(`channels are left: ${JSON.stringify(body)}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    stop: async () => {
      await Promise.all(open.map((each) => each.stop()))
      redis.close()
      await exchange.stop()
    },
  }
}

/** The next call that rings there now; calls of an earlier test that nobody took are over. */
export async function rings(phone: Pick<Phone, 'ringing'>, withinMs?: number): Promise<Call> {
  for (;;) {
    const call = await phone.ringing(withinMs)
    if (!call.isClosed()) return call
  }
}

async function setAway(
  { stores }: ConnectedRedis,
  companyName: string,
  personName: string,
  absence: (Partial<Absence> & { readonly reason: string }) | undefined,
): Promise<void> {
  const company = companyName as CompanyId
  const person = personName as PersonId
  const now = Date.now()
  const id = `test-${String(now)}-${String((count += 1))}`
  const set: readonly Absence[] =
    absence === undefined
      ? []
      : [{ id, person, source: 'person', from: now, setBy: person, setAt: now, means: 'console', ...absence }]
  for (;;) {
    const stored = await stores.absences.read(company, person)
    const next = { ...stored, set, version: stored.version + 1 }
    const change = { command: id, at: now, person, by: set[0]?.setBy ?? person, means: 'console' } as const
    const outcome = await stores.absences.replace(company, person, stored.version, next, {
      ...change,
      by: change.by === 'rule' ? person : change.by,
      ...(set[0] === undefined ? {} : { after: set[0] }),
    })
    if (outcome !== 'conflict') break
  }
  // The feed reaches the other process a moment after the store has answered us.
  await new Promise((resolve) => setTimeout(resolve, 150))
}

let count = 0

async function tidy({ stores }: ConnectedRedis, companyName: string, people: unknown): Promise<void> {
  const company = companyName as CompanyId
  for (const { id } of (people ?? []) as readonly { readonly id: PersonId }[]) {
    const stored = await stores.absences.read(company, id)
    if (stored.set.length > 0 || stored.cancelled.length > 0) {
      await setAway({ stores } as ConnectedRedis, company, id, undefined)
    }
    for (const { recording } of await stores.messages.list(company, id))
      await stores.messages.remove(company, id, recording)
    for (const request of await stores.callbacks.list(company, id))
      await stores.callbacks.close(company, id, request.id)
    for (const notice of await stores.notices.list(company, id))
      await stores.notices.heard(company, id, notice.id)
  }
}

function run(exchange: Exchange, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(distribution, 'cli/main.js'), ...words],
      { env: { ...process.env, ...exchange.environment } },
      (error, output, complaint) => {
        if (error) reject(new Error(`vaxel ${words.join(' ')}: ${complaint}${output}`, { cause: error }))
        else resolve(output)
      },
    )
  })
}

/** Registration name to password, as `vaxel phones` prints them. */
async function passwordsOf(vaxel: RealOffice['vaxel']): Promise<ReadonlyMap<DeviceName, string>> {
  const text = await vaxel('phones', '--json')
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly registration: DeviceName; readonly password: string })
  return new Map(rows.map(({ registration, password }) => [registration, password]))
}
