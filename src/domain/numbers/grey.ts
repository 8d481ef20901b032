import type { Company } from '../directory/company.js'
import type { E164 } from '../ids.js'
import { oncePer } from '../remembered.js'

export type GreyDirection = 'outgoing' | 'incoming'

/** The entries that decided about a number; `blocked` is the outcome. */
export interface GreyVerdict {
  readonly blocked: boolean
  readonly block?: string
  readonly exception?: string
}

/**
 * O-12: whether calls to or from this number are refused. The longest prefix that fits decides; of equally long ones the exception.
 * A direction without entries is switched off. `+` alone blocks every number that has no exception.
 */
export function greyed(company: Company, number: E164, direction: GreyDirection): GreyVerdict {
  const block = longestPrefix(company.grey[direction], number)
  if (block === undefined) return { blocked: false }
  const exception = longestPrefix(company.grey.except, number)
  if (exception === undefined) return { blocked: true, block }
  return { blocked: block.length > exception.length, block, exception }
}

function longestPrefix(entries: readonly string[], number: E164): string | undefined {
  let longest: string | undefined
  for (const prefix of prefixesOf(entries))
    if (number.startsWith(prefix) && prefix.length > (longest?.length ?? 0)) longest = prefix
  return longest
}

const prefixesOf = oncePer((entries: readonly string[]) =>
  entries.flatMap((entry) => normalised(entry) ?? []),
)

/** `00882`, `+88 2` and `882` are the same prefix; an entry without a digit or `+` is none. */
function normalised(entry: string): string | undefined {
  const plain = entry.replace(/[^0-9+]/g, '')
  return plain === '' ? undefined : `+${plain.replace(/^(\+|00)/, '')}`
}
