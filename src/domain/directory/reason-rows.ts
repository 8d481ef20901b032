import type { Company } from './company.js'

/** Digits and names of the reasons every company has; how each is keyed and ends stands with the absences. */
const standardReasonIds = [
  'unavailable',
  'lunch',
  'meeting',
  'out',
  'gone',
  'travel',
  'holiday',
  'absent',
  'training',
  'own',
] as const

/** The reasons of a company: its own rows replace the standard ones by digit. */
export function reasonRows(
  company: Pick<Company, 'reasons'>,
): readonly { readonly id: string; readonly digit: string; readonly enabled: boolean }[] {
  const byDigit = new Map<string, { id: string; digit: string; enabled: boolean }>(
    standardReasonIds.map((id, digit) => [String(digit), { id, digit: String(digit), enabled: true }]),
  )
  for (const row of company.reasons) byDigit.set(row.digit, row)
  return [...byDigit.values()]
}
