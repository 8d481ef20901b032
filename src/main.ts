import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectAri, readApi, type Ari } from './adapters/ari/connect.js'
import { calendarFeeds } from './adapters/calendar/feeds.js'
import { recordingsIn } from './adapters/files/recordings.js'
import { createLogger } from './adapters/log/logger.js'
import { thisProcess } from './adapters/process/this-process.js'
import { connectRedis, type ConnectedRedis } from './adapters/redis/connect.js'
import { loadTongues, type Tongues } from './adapters/voice/catalogue.js'
import { openVoice } from './adapters/voice/voice.js'
import { planApply, writeCompany } from './cli/apply-companies.js'
import { ConfigurationWrong, readConfig, type Config } from './config.js'
import { AbsenceBook } from './flows/absence-book.js'
import { CalendarBook } from './flows/calendar-book.js'
import type { Deps } from './flows/call.js'
import { Callbacks } from './flows/callbacks.js'
import { deliverMail } from './flows/deliver-mail.js'
import type { CompanyId, Milliseconds, PersonId } from './domain/ids.js'
import { DirectoryBook } from './flows/directory-book.js'
import { Exchange } from './flows/exchange.js'
import { HoursBook } from './flows/hours-book.js'
import { House } from './flows/house.js'
import { ParkPlaces } from './flows/park-places.js'
import { Pickups } from './flows/pickups.js'
import { QueueFloor } from './flows/queue-floor.js'
import { Talks } from './flows/talks.js'
import { Visits } from './flows/visits.js'
import { Provisioned } from './flows/provision.js'
import type { Logger } from './ports/log.js'
import { projectDirectory } from './project.js'
import { launcherOf, standbyWord, untilNeeded } from './standby.js'
import { shiftedClock, type Clock } from './runtime/clock.js'
import { Scope } from './runtime/scope.js'

/** The Asterisk versions that the tests run against; another one is warned about. */
const testedAsterisk = ['22.10.1']

/** The longest time for which a start has no HTTP interface. */
const httpWaits: Milliseconds = 1_000
/** The longest time for which an end on purpose waits for the store. */
const flushWaits: Milliseconds = 300
const promptsDirectory = join(projectDirectory, 'prompts')

async function main(): Promise<void> {
  let step = startSteps('modules')
  const config = readConfig(process.env)
  const log = createLogger({ level: config.logLevel })
  const clock = shiftedClock(config.clockOffset)
  if (config.clockOffset !== 0)
    log.warn('the clock of the exchange is not that of the machine', { ahead: config.clockOffset })
  /** Crash-only: whatever cannot be repaired ends the process at once, without cleanup. Calls live on in Asterisk. */
  const die = (why: string, error?: unknown): never => {
    log.error('the process ends', { why, error })
    process.exit(1)
  }
  process.on('uncaughtException', (error) => die('a fault nobody caught', error))
  process.on('unhandledRejection', (error) => die('a rejection nobody caught', error))
  /** Whoever ends us on purpose loses nothing of what was about to be written. */
  let flush = (): Promise<void> => Promise.resolve()
  const endWhenWritten = (): void => {
    clock.after(flushWaits, () => process.exit(0))
    void flush().then(() => process.exit(0))
  }
  process.on('SIGTERM', endWhenWritten)
  process.on('SIGINT', endWhenWritten)
  const launcher = launcherOf(process)
  const standsBy = process.argv.includes(standbyWord)
  if (standsBy) launcher.onGone(() => die('nobody is there who would tell it to take over'))

  const redis = await connectRedis({ url: config.redisUrl, log })
  flush = redis.flush
  const state = { ready: false, ari: undefined as Ari | undefined, house: undefined as House | undefined }
  const serve = once(async () => {
    const { serveHttp } = await import('./adapters/http/server.js')
    await serveHttp({
      ...config.http,
      api: { operations: () => state.house?.operations, tokens: redis.tokens, clock, log },
      health: async () => ({
        ready: state.ready,
        asterisk: state.ari?.connected() === true ? 'connected' : 'away',
        redis: (await redis.health()).reachable ? 'connected' : 'away',
        calls: state.house?.calls ?? 0,
      }),
    })
  })
  // Calls first, unless somebody else has them or Asterisk is away: then whoever asks gets an answer meanwhile.
  const serveSoon = (): unknown =>
    clock.after(httpWaits, () => {
      serve().catch((error: unknown) => die('the HTTP interface does not open', error))
    })
  if (!standsBy) serveSoon()
  step('store')
  // Before the lease: what is done by then does not hold up the calls of a process that has died.
  const tongues = await loadTongues(promptsDirectory)
  const api = await readApi({ ...config.ari, clock })
  step('descriptions')

  // Without Redis calls go on by what is known (M-05); Asterisk itself keeps two writers apart (ApplicationReplaced).
  const lease = redis.lease(config.node, {
    whenUnreachable: 'continue',
    renewEvery: 1_000,
    emptyWait: 2_000,
    watchFirst: standsBy,
    self: thisProcess(process.pid),
  })
  lease.onLost((why) => die(why))
  let early: number | undefined
  if (standsBy) {
    // They are loaded only after the calls otherwise; here it costs nobody anything.
    await Promise.all([import('./adapters/http/server.js'), import('./adapters/mail/mailer.js')])
    log.info('this process stands by', { pid: process.pid })
    early = await untilNeeded(launcher, lease)
    log.info('this process takes over from one that has ended', { pid: process.pid })
    step = startSteps('told')
    serveSoon()
  }
  const token = early ?? (await lease.acquire(new AbortController().signal))
  log.info('this process is the writer of the exchange', { node: config.node, token, pid: process.pid })
  step('lease')

  // Whoever takes over finds them applied, and leaves alone what was applied since; unless the store has lost everything.
  if (!standsBy || (await redis.stores.companies.list()).length === 0)
    await applyAtStart(config, redis, clock, log)
  const ari = await connectAri({
    ...config.ari,
    api,
    log,
    clock,
    onFatal: (why) => {
      die(why)
    },
  })
  step('asterisk')
  state.ari = ari
  if (!testedAsterisk.some((version) => ari.version.startsWith(version))) {
    log.warn('this version of Asterisk has not been tested', { version: ari.version, tested: testedAsterisk })
  }
  state.house = await openHouse(config, redis, ari, tongues, clock, log)
  state.ready = true
  log.info('calls are taken', { calls: state.house.calls, start: step('calls') })
  launcher.tell('takes calls')
  state.house.reportTo(redis.exchanges, () => ({
    node: config.node,
    asterisk: ari.connected() ? 'connected' : 'away',
    asteriskVersion: ari.version,
    standby: launcher.standby(),
  }))
  await serve()
  await startMail(config, redis, clock, log)
}

/**
 * How far a start is: wall time and processor time since the process began, or since it was told to take over, in milliseconds.
 * `npm run bench restart` prints them.
 */
function startSteps(
  first: 'modules' | 'told',
): (done: string) => Readonly<Record<string, readonly [wall: number, cpu: number]>> {
  const began =
    first === 'told' ? { wall: performance.now(), cpu: process.cpuUsage() } : { wall: 0, cpu: undefined }
  const steps: Record<string, readonly [number, number]> = {}
  const step = (done: string): typeof steps => {
    const { user, system } = process.cpuUsage(began.cpu)
    steps[done] = [Math.round(performance.now() - began.wall), Math.round((user + system) / 1_000)]
    return steps
  }
  step(first)
  return step
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined
  return () => (done ??= work())
}

async function openHouse(
  config: Config,
  redis: ConnectedRedis,
  ari: Ari,
  tongues: Tongues,
  clock: Clock,
  log: Logger,
): Promise<House> {
  const { stores, feed } = redis
  const voice = await openVoice({
    tongues,
    directory: config.sounds.directory,
    seenByAsterisk: config.sounds.path,
    promptsDir: promptsDirectory,
    recordingsDir: config.ownDirectory,
    asteriskRecordings: config.recordingsDirectory,
    voiceCommand: config.voiceCommand,
    onMissing: (key, spoken) => {
      log.warn('a phrase had no sound of its own', { key, spoken })
    },
  })
  const directory = new DirectoryBook(stores.companies, log)
  const calendars = new CalendarBook(calendarFeeds({ clock }), log)
  const known = {
    exchange: new Exchange(ari.pbx),
    stores,
    clock,
    log,
    absences: new AbsenceBook(stores.absences, log),
    hours: new HoursBook(stores.hours, log),
    calendars: (company: CompanyId, person: PersonId) => calendars.entries(company, person),
    directory: () => directory.directory,
  }
  const deps: Omit<Deps, 'calls'> = {
    ...known,
    queues: new QueueFloor(known),
    visits: new Visits(known),
    callbacks: new Callbacks(),
    feed,
    voice,
    recordings: recordingsIn(config.recordingsDirectory),
    tongues,
    parks: new ParkPlaces(),
    pickups: new Pickups(),
    talks: new Talks(),
    lamps: ari.lamps,
  }
  const provisioned = new Provisioned({
    provisioner: ari.provisioner,
    companies: stores.companies,
    voice,
    tongues,
    log,
    newSecret: () => randomBytes(18).toString('base64url'),
    mediaAddress: config.sipAddress,
  })
  const house = new House(deps, directory, provisioned, calendars)
  await house.open()
  return house
}

async function startMail(config: Config, redis: ConnectedRedis, clock: Clock, log: Logger): Promise<void> {
  const { createMailer } = await import('./adapters/mail/mailer.js')
  const { url, directory, from } = config.mail
  const to =
    url === undefined ? { directory: directory ?? join(projectDirectory, 'var', 'mail') } : { smtp: url }
  const { done } = Scope.start('mail', { clock, onCleanupFault: () => undefined }, (scope) =>
    deliverMail(scope, {
      outbox: redis.stores.outbox,
      mailer: createMailer({ from, to }),
      recordings: recordingsIn(config.recordingsDirectory),
      log,
    }),
  )
  done.catch((error: unknown) => {
    log.error('mail is no longer sent', { error })
  })
}

/** Company files named in the settings: refused ones are told and left out, the exchange starts all the same. */
async function applyAtStart(config: Config, redis: ConnectedRedis, clock: Clock, log: Logger): Promise<void> {
  if (config.companies.length === 0) return
  const files = await Promise.all(
    config.companies.map(async (name) => ({ name, text: await readFile(name, 'utf8') })),
  )
  const plan = await planApply(files, redis.stores.companies)
  if (plan.kind === 'refused') {
    log.error('the company files were refused; what was applied before stays', { problems: plan.problems })
    return
  }
  for (const planned of plan.companies) {
    await writeCompany(planned, redis.stores.companies, clock.now(), () =>
      randomBytes(18).toString('base64url'),
    )
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigurationWrong ? error.message : String(error)}\n`)
  process.exit(1)
})
