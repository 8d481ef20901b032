import type { Company } from '../directory/company.js'
import type { E164, ShortNumber } from '../ids.js'

type Country = Company['country']

/**
 * Public numbers that are as short as an extension and are dialled as they are, besides the emergency numbers of the company.
 * SE (PTS, Swedish numbering plan): 1177 health care, 113 13 information, 114 14 police, 116 xxx European services, 118 xxx directory
 * enquiries, 90 xxx service numbers of operators. DE (Bundesnetzagentur, Nummernraum 11): 110 police, 115 public offices, 116 xxx,
 * 118 xy and 118 0xy directory enquiries.
 */
const shortNumbers: Readonly<Record<Country, RegExp>> = {
  SE: /^(1177|11313|11414|11[68][0-9]{3}|90[0-9]{3})$/,
  DE: /^(110|115|116[0-9]{3}|118[1-9][0-9]|1180[0-9]{2})$/,
}

export const isShortNumber = (digits: string, country: Country): digits is ShortNumber =>
  shortNumbers[country].test(digits)

const callingCodes: Readonly<Record<Country, string>> = { SE: '46', DE: '49' }

/** How a short number is written in the grey list (O-12): behind the calling code, so that `+46118` blocks directory enquiries. */
export const greyForm = (number: ShortNumber, country: Country): E164 =>
  `+${callingCodes[country]}${number}` as E164
