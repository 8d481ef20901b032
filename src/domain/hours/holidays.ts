import Holidays from 'date-holidays'
import type { Company } from '../directory/company.js'
import { languages, type Language } from '../ids.js'
import { formatIsoDate, parseIsoDate, type CalendarDate } from '../time/calendar.js'

type Country = Company['country']

/** A day of the calendar that has a name: a public holiday, or one such as julafton that is none by law. */
export interface Holiday {
  readonly date: CalendarDate
  /** Nobody works by law: closed unless the company file says otherwise. */
  readonly publicly: boolean
  readonly names: Readonly<Record<Language, string>>
}

/** The reckoning of one year takes some milliseconds, and the same few are asked for all the time. */
const years = new Map<string, readonly Holiday[]>()
const reckoners = new Map<string, Holidays>()

function reckonerOf(country: Country, region: string | undefined): Holidays {
  const key = `${country}-${region ?? ''}`
  const known = reckoners.get(key)
  if (known !== undefined) return known
  const [state, part] = region?.split('-') ?? []
  const made =
    state === undefined
      ? new Holidays(country)
      : part === undefined
        ? new Holidays(country, state)
        : new Holidays(country, state, part)
  // The names of all languages must be at hand, also those a country does not speak.
  made.setLanguages([...languages])
  reckoners.set(key, made)
  return made
}

/** The named days of the year, in order. Depends on nothing but its arguments: the library's local dates are read, not its instants. */
export function holidaysOf(country: Country, region: string | undefined, year: number): readonly Holiday[] {
  const key = `${country}-${region ?? ''}-${String(year)}`
  const known = years.get(key)
  if (known !== undefined) return known
  const reckoner = reckonerOf(country, region)
  const [sv, de, en] = [
    reckoned(reckoner, year, 'sv'),
    reckoned(reckoner, year, 'de'),
    reckoned(reckoner, year, 'en'),
  ]
  const found = en.flatMap(({ date, type, rule, name }): readonly Holiday[] => {
    const day = parseIsoDate(date.slice(0, 10))
    const named = (list: typeof en) =>
      list.find((other) => other.rule === rule && other.date === date)?.name ?? name
    return day === undefined
      ? []
      : [{ date: day, publicly: type === 'public', names: { sv: named(sv), de: named(de), en: name } }]
  })
  if (years.size >= 500) years.clear()
  years.set(key, found)
  return found
}

const reckoned = (reckoner: Holidays, year: number, language: Language) =>
  reckoner.getHolidays(year, language)

/** The named days that fall on the date. */
export const holidaysOn = (
  country: Country,
  region: string | undefined,
  date: CalendarDate,
): readonly Holiday[] => {
  const iso = formatIsoDate(date)
  return holidaysOf(country, region, date.year).filter((holiday) => formatIsoDate(holiday.date) === iso)
}

const plain = (name: string): string => name.normalize('NFKC').trim().toLocaleLowerCase('und')

/** Whether people call the day so, in any language of the product; capitals do not matter. */
export const isCalled = (holiday: Holiday, name: string): boolean =>
  Object.values(holiday.names).some((known) => plain(known) === plain(name))

/** Some days are not of every year, so a name is looked for in several. */
const lookedIn = [2026, 2027, 2028, 2029]

/** Every name by which a company of the country may speak of a day, in its own language. */
export const holidayNames = (
  country: Country,
  region: string | undefined,
  language: Language,
): readonly string[] => [
  ...new Set(
    lookedIn.flatMap((year) => holidaysOf(country, region, year).map((holiday) => holiday.names[language])),
  ),
]

export const isHolidayName = (country: Country, region: string | undefined, name: string): boolean =>
  lookedIn.some((year) => holidaysOf(country, region, year).some((holiday) => isCalled(holiday, name)))

/** The parts of the country with holidays of their own: `BY` and `BY-A`. Sweden has none. */
export function holidayRegions(country: Country): readonly string[] {
  const reckoner = new Holidays()
  return keys(reckoner.getStates(country)).flatMap((state) => [
    state,
    ...keys(reckoner.getRegions(country, state)).map((part) => `${state}-${part}`),
  ])
}

/** Where there are none the library answers undefined, whatever its types say. */
const keys = (named: Readonly<Record<string, string>> | undefined): readonly string[] =>
  Object.keys(named ?? {})
