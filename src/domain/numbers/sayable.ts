import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Company } from '../directory/company.js'
import type { E164, Extension } from '../ids.js'

/**
 * A number the way people of the company write it: `08-123 456 78` at home, `+49 30 1234567` abroad, an extension as it is.
 * For displays, mails and lists; the digits that are spoken are made by the speech rules.
 */
export function sayable(number: E164 | Extension, company: Pick<Company, 'country'>): string {
  if (!number.startsWith('+')) return number
  const parsed = parsePhoneNumberFromString(number)
  if (parsed === undefined) return number
  return parsed.country === company.country ? parsed.formatNational() : parsed.formatInternational()
}
