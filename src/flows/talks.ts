import type { CallId, CompanyId, LegId } from '../domain/ids.js'
import type { TalkRefusal } from '../domain/talk/decided.js'
import type { TalkEvent } from '../domain/talk/events.js'
import type { Talk } from '../domain/talk/talk.js'
import { Mailbox } from '../runtime/mailbox.js'

/** What somebody wants of a talk, and how they are answered. */
interface Wish {
  readonly event: TalkEvent
  readonly answer: (end: 'done' | TalkRefusal) => void
}

/** One talk that is being held: as it is now, and what has happened that it has not looked at yet. */
export interface Table {
  talk: Talk
  readonly wishes: Mailbox<Wish>
}

/** The talks that are held, by their calls: for keys, programs and phones that transfer. */
export class Talks {
  readonly #tables = new Map<CallId, Table>()
  readonly #listeners = new Set<(company: CompanyId) => void>()

  open(talk: Talk): Table {
    const table: Table = { talk, wishes: new Mailbox() }
    this.#tables.set(talk.call, table)
    this.changed(talk.company)
    return table
  }

  /** Whoever still waits for an answer hears that the talk is over. */
  close(table: Table): void {
    if (this.#tables.get(table.talk.call) === table) this.#tables.delete(table.talk.call)
    for (const { answer } of table.wishes.drain()) answer('talkOver')
    this.changed(table.talk.company)
  }

  ofCall(call: CallId): Table | undefined {
    return this.#tables.get(call)
  }

  /** The talk in which one of these legs is. */
  withLeg(isOne: (leg: LegId) => boolean): Table | undefined {
    return [...this.#tables.values()].find(({ talk }) => talk.parties.some(({ leg }) => isOne(leg)))
  }

  of(company: CompanyId): readonly Talk[] {
    return [...this.#tables.values()].map(({ talk }) => talk).filter((talk) => talk.company === company)
  }

  /** Puts a wish to the talk; resolves when it was granted or refused. */
  ask(table: Table, event: TalkEvent): Promise<'done' | TalkRefusal> {
    return new Promise((resolve) => {
      if (this.#tables.get(table.talk.call) === table) table.wishes.put({ event, answer: resolve })
      else resolve('talkOver')
    })
  }

  /** Tells whoever watches the talks of a company that something has changed. */
  changed(company: CompanyId): void {
    for (const listener of [...this.#listeners]) listener(company)
  }

  onChange(listener: (company: CompanyId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Tells the talk of something for which nobody waits. */
export function tell(table: Table, event: TalkEvent): void {
  table.wishes.put({ event, answer: () => undefined })
}
