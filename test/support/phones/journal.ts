import type { SipMessage } from './sip-message.js'

/** One thing that happened at a phone, in the order in which it happened. */
export type Entry =
  | { readonly kind: 'sip'; readonly sent: boolean; readonly message: SipMessage; readonly at: number }
  | { readonly kind: 'log'; readonly text: string; readonly at: number }
  | { readonly kind: 'exit'; readonly text: string; readonly at: number }

export interface Journal {
  readonly entries: readonly Entry[]
  readonly add: (entry: Entry) => void
  /** Runs `watcher` after every later entry, for as long as the journal lives. */
  readonly watch: (watcher: () => void) => void
  /** The first value that `find` gives, now or after any later entry; rejects with all that happened when time is up. */
  readonly until: <T>(what: string, find: () => T | undefined, withinMs?: number) => Promise<T>
}

const DEFAULT_WAIT_MS = 30_000

export function createJournal(owner: string): Journal {
  const entries: Entry[] = []
  const watchers = new Set<() => void>()
  const bornAt = Date.now()
  return {
    entries,
    add: (entry) => {
      entries.push(entry)
      for (const watcher of [...watchers]) watcher()
    },
    watch: (watcher) => {
      watchers.add(watcher)
    },
    until: (what, find, withinMs = DEFAULT_WAIT_MS) =>
      new Promise((resolve, reject) => {
        const settle = (): boolean => {
          const found = find()
          if (found === undefined) return false
          clearTimeout(timer)
          watchers.delete(settle)
          resolve(found)
          return true
        }
        const timer = setTimeout(() => {
          watchers.delete(settle)
          const story = tell(entries, bornAt)
          reject(new Error(`${owner}: waited ${String(withinMs)} ms for ${what}. What happened:\n${story}`))
        }, withinMs)
        if (!settle()) watchers.add(settle)
      }),
  }
}

/** The journal as text, one line an entry: what a failed wait shows. */
export function tell(entries: readonly Entry[], since: number): string {
  if (entries.length === 0) return '  (nothing)'
  return entries.map((entry) => `  ${String(entry.at - since).padStart(6)} ms  ${describe(entry)}`).join('\n')
}

function describe(entry: Entry): string {
  if (entry.kind !== 'sip') return entry.text
  const headers = entry.message.headers
    .filter(([name]) => /^(call-id|cseq|reason|p-asserted-identity)$/i.test(name))
    .map(([name, value]) => `${name}: ${value}`)
  return `${entry.sent ? '->' : '<-'} ${entry.message.startLine}  [${headers.join(' | ')}]`
}
