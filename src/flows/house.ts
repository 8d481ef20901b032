import type { CompanyId, Milliseconds } from '../domain/ids.js'
import type { PbxEvent } from '../ports/pbx.js'
import type { ExchangeReport, ProvisionStatus } from '../ports/provisioning.js'
import { StoreUnavailable } from '../ports/stores.js'
import { Scope } from '../runtime/scope.js'
import type { Deps } from './call.js'
import type { CalendarBook } from './calendar-book.js'
import type { DirectoryBook } from './directory-book.js'
import { hoursOperations } from './hours-operations.js'
import { lightMessageLamps } from './message-lamp.js'
import type { Provisioned } from './provision.js'
import type { Operations } from '../ports/operations.js'
import { resetParkLamps } from './park-lamps.js'
import { mendPlaces } from './park-mend.js'
import { parkOperations } from './park-operations.js'
import { queueOperations } from './queue-operations.js'
import { resume } from './resume.js'
import { sweep } from './sweep.js'
import { Switchboard } from './switchboard.js'
import { talkOperations } from './talk-operations.js'

const reportEvery: Milliseconds = 3_000
/** Between two tries to reach a store that is away. */
const patience: Milliseconds = 500

/**
 * The running exchange: opens, follows what changes, and puts things right after every gap.
 *
 *     open: read companies and absences -> hold back events -> take up living calls -> let events in -> set up phones
 *     gap:  the same from "take up living calls" on; a start and a reconnect are one path (M-03)
 */
export class House {
  /** What programs may see and do. */
  readonly operations: Operations
  readonly #deps: Deps
  readonly #directory: DirectoryBook
  readonly #provisioned: Provisioned
  readonly #calendars: CalendarBook
  readonly #switchboard: Switchboard
  #waiting: PbxEvent[] | undefined = []
  #settingUp: Promise<void> = Promise.resolve()

  constructor(
    deps: Omit<Deps, 'calls'>,
    directory: DirectoryBook,
    provisioned: Provisioned,
    calendars: CalendarBook,
  ) {
    this.#switchboard = new Switchboard(deps)
    this.#deps = { ...deps, calls: this.#switchboard }
    this.#directory = directory
    this.#provisioned = provisioned
    this.#calendars = calendars
    this.operations = {
      ...parkOperations(this.#deps),
      ...talkOperations(this.#deps),
      ...queueOperations(this.#deps),
      ...hoursOperations(this.#deps),
    }
  }

  get calls(): number {
    return this.#switchboard.calls
  }

  async open(): Promise<void> {
    const { exchange, feed, absences, hours } = this.#deps
    await this.#readAllPatiently()
    exchange.pbx.onEvent((event) => {
      this.#hear(event)
    })
    feed.listen((change) => {
      if (change.kind === 'company' || change.kind === 'gap') this.#companiesChanged()
    })
    absences.follow(feed, () => this.#companyIds())
    hours.follow(feed, () => this.#companyIds())
    await this.#takeUp()
    this.#setUpPhones()
    const { done } = Scope.start('sweep', this.#scopeOptions(), (scope) =>
      sweep(this.#switchboard, scope, this.#deps),
    )
    done.catch((error: unknown) => {
      this.#deps.log.error('the exchange is no longer swept', { error })
    })
    this.#followCalendars()
  }

  #followCalendars(): void {
    const { done } = Scope.start('calendars', this.#scopeOptions(), (scope) =>
      this.#calendars.follow(scope, () => this.#directory.companies.map(({ company }) => company)),
    )
    done.catch((error: unknown) => {
      this.#deps.log.error('calendars are no longer read', { error })
    })
  }

  /** Tells the outside every few seconds what this exchange has carried out. */
  reportTo(status: ProvisionStatus, self: () => Omit<ExchangeReport, 'at' | 'provisioned'>): void {
    const { clock, log } = this.#deps
    const tell = (): void => {
      status
        .report({ ...self(), at: clock.now(), provisioned: this.#provisioned.versions })
        .catch((error: unknown) => {
          log.debug('the state of the exchange could not be told', { error })
        })
    }
    const { done } = Scope.start('report', this.#scopeOptions(), async (scope) => {
      for (;;) {
        await scope.of(this.#settingUp)
        tell()
        await scope.sleep(reportEvery)
      }
    })
    done.catch(() => undefined)
  }

  #hear(event: PbxEvent): void {
    if (event.kind === 'gap') {
      this.#waiting ??= []
      this.#takeUp().catch((error: unknown) => {
        this.#deps.log.error('calls could not be taken up after a gap; the sweep will find them', { error })
      })
      this.#setUpPhones()
    } else if (this.#waiting) this.#waiting.push(event)
    else this.#switchboard.take(event)
  }

  /** Events that come while calls are taken up wait, then are heard in order. */
  async #takeUp(): Promise<void> {
    try {
      await resume(this.#switchboard, this.#deps)
    } finally {
      const waiting = this.#waiting ?? []
      this.#waiting = undefined
      for (const event of waiting) this.#switchboard.take(event)
    }
  }

  async #readAll(): Promise<void> {
    await this.#directory.load()
    for (const company of this.#companyIds()) {
      await this.#deps.absences.load(company)
      await this.#deps.hours.load(company)
      await this.#deps.queues.agents.load(company)
    }
  }

  /** At a start there is nothing to go on with but what the store says. */
  async #readAllPatiently(): Promise<void> {
    const { clock, log } = this.#deps
    for (;;) {
      try {
        await this.#readAll()
        return
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        log.warn('waiting for the store')
        await new Promise<void>((resolve) => clock.after(patience, resolve))
      }
    }
  }

  #companiesChanged(): void {
    this.#settingUp = this.#settingUp
      .then(() => this.#readAll())
      .then(() => {
        this.#calendars.companiesChanged()
        // While calls are taken up the stories do not tell yet what is parked.
        return this.#waiting === undefined ? mendPlaces(this.#deps) : undefined
      })
      .catch((error: unknown) => {
        this.#deps.log.warn('the companies could not be read again', { error })
      })
    this.#setUpPhones()
  }

  /** One after the other, in the background: calls do not wait for it. */
  #setUpPhones(): void {
    this.#settingUp = this.#settingUp.then(async () => {
      try {
        await this.#provisioned.tell(this.#directory.companies)
        await this.#deps.exchange.learnReachable()
        for (const { company } of this.#directory.companies) {
          await lightMessageLamps(company, this.#deps)
          await resetParkLamps(company, this.#deps)
          await this.#deps.queues.agents.keepAll(company.company)
        }
      } catch (error) {
        this.#deps.log.error('the phones could not be set up', { error })
      }
    })
  }

  #companyIds(): readonly CompanyId[] {
    return this.#directory.companies.map(({ company }) => company.company)
  }

  #scopeOptions() {
    const { clock, log } = this.#deps
    return {
      clock,
      onCleanupFault: (scope: string, error: unknown) => {
        log.warn('a cleanup failed', { scope, error })
      },
    }
  }
}
