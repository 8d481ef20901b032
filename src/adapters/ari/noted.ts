import type { Notes } from '../../ports/pbx.js'

interface Note {
  readonly value: string
  /** Asterisk has said so. */
  isSure: boolean
}

/** What stands on a leg, as far as it is known here. */
export type Noted = Map<string, Note>

/** As Asterisk tells it of a leg that arrives. */
export const notedOf = (notes: Notes): Noted =>
  new Map(Object.entries(notes).map(([key, value]) => [key, { value, isSure: true }]))

/**
 * Gives to `write` what does not stand on the leg yet: each variable takes a way to the leg's own thread and back (0.3 ms), and other
 * commands wait so long. Something is always written, because its answer also tells whether the leg is there.
 */
export async function noteNews(
  noted: Noted,
  notes: Notes,
  write: (news: Notes) => Promise<void>,
): Promise<void> {
  const all = Object.entries(notes)
  const fresh = all.filter(([key, value]) => !isSure(noted.get(key), value))
  const news = (fresh.length > 0 ? fresh : all.slice(-1)).map(([key, value]): [string, Note] => [
    key,
    { value, isSure: false },
  ])
  // Until it is confirmed nothing is known of it: neither what was before nor what is to be.
  for (const [key, note] of news) noted.set(key, note)
  await write(Object.fromEntries(news.map(([key, { value }]) => [key, value])))
  for (const [, note] of news) note.isSure = true
}

const isSure = (note: Note | undefined, value: string): boolean =>
  note?.isSure === true && note.value === value
