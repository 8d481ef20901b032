import { buildDirectory, type Directory } from '../../src/domain/directory/directory.js'
import type { CalendarEntry } from '../../src/domain/absence/calendar-entries.js'
import { companySchema, type Company } from '../../src/domain/directory/company.js'
import type { Absence, StoredAbsences } from '../../src/domain/absence/absence.js'
import type { CompanyId, Language, PersonId } from '../../src/domain/ids.js'
import { textOf } from '../../src/domain/speech/phrase.js'
import type { Tongue } from '../../src/domain/speech/tongue.js'
import { loadTongues } from '../../src/adapters/voice/catalogue.js'
import { AbsenceBook } from '../../src/flows/absence-book.js'
import { CalendarBook } from '../../src/flows/calendar-book.js'
import type { Deps } from '../../src/flows/call.js'
import { Callbacks } from '../../src/flows/callbacks.js'
import { Exchange } from '../../src/flows/exchange.js'
import { HoursBook } from '../../src/flows/hours-book.js'
import { ParkPlaces } from '../../src/flows/park-places.js'
import { Pickups } from '../../src/flows/pickups.js'
import { QueueFloor } from '../../src/flows/queue-floor.js'
import { resume } from '../../src/flows/resume.js'
import { sweep } from '../../src/flows/sweep.js'
import { Switchboard } from '../../src/flows/switchboard.js'
import { Talks } from '../../src/flows/talks.js'
import { Visits } from '../../src/flows/visits.js'
import type { LampState, Lamps } from '../../src/ports/provisioner.js'
import { CalendarUnavailable, type CalendarFeeds } from '../../src/ports/calendar.js'
import { Scope } from '../../src/runtime/scope.js'
import type { KeptRecording, Media, Voice } from '../../src/ports/voice.js'
import { FakeExchange, type FakeLeg, type OnCall } from './fake-exchange.js'
import { OneRun } from './one-run.js'
import { ManualClock, settle } from './manual-clock.js'
import { memoryStores } from './memory-stores.js'
import { silentLogger } from './silent-logger.js'

/** A small office in Stockholm. Anna has a desk phone and a mobile, the others one phone each; nobody has a schedule. */
export const officeFile = {
  company: 'kontoret',
  name: 'Kontoret AB',
  language: 'sv',
  zone: 'Europe/Stockholm',
  country: 'SE',
  main: '+46846500400',
  trunk: { name: 'kontoret-trunk', host: '127.0.0.2:5060' },
  reception: { people: ['rut'] },
  serviceNumber: '+46846500409',
  settings: { menuTarget: 'reception' },
  parkGroups: [{ id: 'salj', number: '1', name: 'Sälj', members: ['anna', 'erik', 'bo', 'ida'] }],
  roles: { chef: { mayDeputise: true } },
  people: [
    {
      id: 'rut',
      name: 'Rut Rask',
      extension: '100',
      profile: { menu: 'voicemail' },
      devices: [{ name: 'rut-bord' }],
    },
    {
      id: 'anna',
      name: 'Anna Andersson',
      extension: '101',
      numbers: ['+46846500401'],
      callsFrom: ['+46701740620'],
      pin: '4711',
      email: 'anna@kontoret.example',
      devices: [{ name: 'anna-bord' }],
      substitute: 'person:erik',
    },
    {
      id: 'erik',
      name: 'Erik Ek',
      extension: '102',
      numbers: ['+46846500402'],
      devices: [{ name: 'erik-bord' }, { name: 'erik-mobil', kind: 'mobile' }],
    },
    { id: 'bo', name: 'Bo Berg', extension: '103', role: 'chef', devices: [{ name: 'bo-bord' }] },
    { id: 'ida', name: 'Ida Ilar', extension: '104', devices: [] },
  ],
}

const tongues: Readonly<Record<Language, Tongue>> = await loadTongues('prompts')

/** Says each sentence as one sound named by its words, so that a test reads what was heard. */
class WrittenVoice implements Voice {
  readonly recordings: KeptRecording[] = []
  prepare: Voice['prepare'] = () => Promise.resolve({ rendered: 0, reused: 0, failed: [] })
  media: Voice['media'] = (_language, sentence) =>
    Promise.resolve(sentence.length === 0 ? [] : [`sound:${textOf(sentence)}` satisfies Media])
  keepRecording: Voice['keepRecording'] = (_recording, kept) => {
    this.recordings.push(kept)
    return Promise.resolve('kept')
  }
  removeRecording: Voice['removeRecording'] = () => Promise.resolve(this.recordings.pop() !== undefined)
  recordingOf: Voice['recordingOf'] = () => undefined
}

/** Lamps that phones watch, as they burn. */
class MemoryLamps implements Lamps {
  readonly burning = new Map<string, LampState>()
  set: Lamps['set'] = (name, state) => {
    this.burning.set(name, state)
    return Promise.resolve()
  }
  list: Lamps['list'] = () => Promise.resolve([...this.burning.keys()])
  remove: Lamps['remove'] = (name) => {
    this.burning.delete(name)
    return Promise.resolve()
  }
}

/** Calendar feeds by address, as a test writes them. An address without one cannot be reached. */
class WrittenCalendars implements CalendarFeeds {
  readonly entries = new Map<string, readonly CalendarEntry[]>()
  reads = 0
  read: CalendarFeeds['read'] = async (address) => {
    this.reads += 1
    const entries = this.entries.get(address)
    if (entries === undefined) throw new CalendarUnavailable('unreachable')
    return { entries, skipped: 0 }
  }
}

/** A whole exchange with everything real but the sound, the network and the time. */
export class Office {
  readonly clock: ManualClock
  readonly exchange: FakeExchange
  readonly memory = memoryStores()
  readonly voice = new WrittenVoice()
  readonly lamps = new MemoryLamps()
  readonly calendars = new WrittenCalendars()
  companies: readonly Company[]
  deps!: Deps
  switchboard!: Switchboard
  /** What was noted for whoever keeps the exchange. */
  readonly warnings: string[] = []
  readonly faults: { readonly message: string; readonly error?: unknown }[] = []

  wasKilled = false
  #run: OneRun | undefined
  #directory: Directory = buildDirectory([])

  constructor(file: object | readonly object[] = officeFile, start?: string) {
    this.clock = new ManualClock(start)
    this.exchange = new FakeExchange(this.clock)
    this.companies = (Array.isArray(file) ? file : [file]).map((one) => companySchema.parse(one))
    for (const company of this.companies) {
      for (const person of company.people)
        for (const device of person.devices) this.exchange.register(device.name)
      if (company.trunk) this.exchange.trunk(company.trunk.name)
    }
  }

  /** The first company. */
  get company(): Company {
    return this.companies[0]!
  }

  /** The first company is changed, as by `vaxel apply`. */
  apply(company: Company): void {
    this.companies = [company, ...this.companies.slice(1)]
    this.#directory = buildDirectory(this.companies)
  }

  /** Starts the app, as after a start of the process. */
  async start(onCall: OnCall = () => undefined): Promise<this> {
    const run = new OneRun(this.clock, onCall)
    this.#run = run
    this.#directory = buildDirectory(this.companies)
    const pbx = this.exchange.connect(onCall)
    const stores = run.stores(this.memory.stores)
    const feed = run.feed(this.memory.feed)
    const log = {
      ...silentLogger,
      warn: (message: string) => {
        this.warnings.push(message)
      },
      error: (message: string, fields?: Readonly<Record<string, unknown>>) => {
        this.faults.push({ message, error: fields?.['error'] })
      },
    }
    const absences = new AbsenceBook(stores.absences, log)
    const hours = new HoursBook(stores.hours, log)
    const calendars = new CalendarBook(this.calendars, log)
    const known = {
      exchange: new Exchange(pbx),
      stores,
      clock: run.clock,
      log,
      absences,
      hours,
      calendars: (company: CompanyId, person: PersonId) => calendars.entries(company, person),
      directory: () => this.#directory,
    }
    const deps: Omit<Deps, 'calls'> = {
      ...known,
      queues: new QueueFloor(known),
      visits: new Visits(known),
      callbacks: new Callbacks(),
      feed,
      voice: this.voice,
      recordings: this.exchange.recorded,
      tongues,
      parks: new ParkPlaces(),
      pickups: new Pickups(),
      talks: new Talks(),
      lamps: this.lamps,
    }
    const switchboard = new Switchboard(deps)
    this.switchboard = switchboard
    this.deps = { ...deps, calls: switchboard }
    absences.follow(feed, () => this.companies.map(({ company }) => company))
    hours.follow(feed, () => this.companies.map(({ company }) => company))
    for (const { company } of this.companies) {
      await absences.load(company)
      await hours.load(company)
      await this.deps.queues.agents.load(company)
    }
    pbx.onEvent((event) => {
      switchboard.take(event)
    })
    await resume(switchboard, this.deps)
    const { done } = Scope.start('sweep', { clock: run.clock, onCleanupFault: () => undefined }, (scope) =>
      sweep(switchboard, scope, this.deps),
    )
    done.catch(() => undefined)
    const following = Scope.start(
      'calendars',
      { clock: run.clock, onCleanupFault: () => undefined },
      (scope) => calendars.follow(scope, () => this.companies),
    )
    following.done.catch((error: unknown) => {
      log.error('calendars are no longer read', { error })
    })
    await settle()
    return this
  }

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  /** The process is killed: no cleanup runs, nothing is told. */
  kill(): void {
    this.wasKilled = true
    this.exchange.killApp()
    this.#run?.kill()
    this.#run = undefined
  }

  /** A call from outside to a public number, or from a phone. */
  async outsideCalls(number: string, from = '+46701740630'): Promise<FakeLeg> {
    const leg = this.exchange.call('kontoret-trunk', number, { number: from })
    await settle()
    return leg
  }

  async dials(device: string, dialled: string): Promise<FakeLeg> {
    const leg = this.exchange.call(device, dialled, { number: device })
    await settle()
    return leg
  }

  absencesOf(person: string): Promise<StoredAbsences> {
    return this.memory.stores.absences.read(this.company.company, person as PersonId)
  }

  /** Sets an absence as another process would: the app hears of it, if it is there. */
  async away(person: string, fields: Partial<Absence> & { readonly reason: string }): Promise<void> {
    const now = this.clock.now()
    const absence: Absence = {
      id: `test-${String(now)}`,
      person: person as PersonId,
      source: 'person',
      from: now,
      setBy: person as PersonId,
      setAt: now,
      means: 'console',
      ...fields,
    }
    const { absences } = this.memory.stores
    const stored = await absences.read(this.company.company, absence.person)
    const change = { command: absence.id, at: now, person: absence.person, by: absence.setBy as PersonId }
    await absences.replace(
      this.company.company,
      absence.person,
      stored.version,
      { ...stored, set: [absence] },
      { ...change, means: 'console', after: absence },
    )
    await settle()
  }

  instant(text: string): number {
    return Date.parse(text)
  }

  /** Lets time pass. */
  async pass(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1000)
  }

  ring(device: string): FakeLeg {
    const [leg] = this.exchange.ringing(device)
    if (!leg) throw new Error(`${device} does not ring`)
    return leg
  }
}
