const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const irregularOrdinals: Readonly<Record<number, string>> = {
  1: 'first',
  2: 'second',
  3: 'third',
  5: 'fifth',
  8: 'eighth',
  9: 'ninth',
  12: 'twelfth',
}

export const monthNames =
  'January February March April May June July August September October November December'.split(' ')
export const weekdayNames = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

/** 0 to 99 in English words. */
export function cardinal(value: number): string {
  if (value < 20) return small[value] ?? ''
  const ten = tens[Math.floor(value / 10)] ?? ''
  return value % 10 === 0 ? ten : `${ten}-${small[value % 10] ?? ''}`
}

/** 1 to 31 as an ordinal: "seventeenth", "twenty-first". */
export function ordinal(value: number): string {
  if (value < 20) return irregularOrdinals[value] ?? `${cardinal(value)}th`
  const ten = tens[Math.floor(value / 10)] ?? ''
  return value % 10 === 0 ? `${ten.slice(0, -1)}ieth` : `${ten}-${ordinal(value % 10)}`
}

/** "twenty twenty-seven"; 2001 to 2009 as "two thousand and one". */
export function yearWords(year: number): string {
  const rest = year % 100
  if (rest === 0) return 'two thousand'
  return rest < 10 ? `two thousand and ${cardinal(rest)}` : `twenty ${cardinal(rest)}`
}

/** A full hour on the twelve-hour clock: "one p.m.", "noon". */
export function hourWords(hour: number): string {
  if (hour === 0) return 'midnight'
  if (hour === 12) return 'noon'
  return `${cardinal(hour % 12)} ${hour < 12 ? 'a.m.' : 'p.m.'}`
}

/** Minutes after the hour: "oh five", "thirty". */
export function minuteWords(minute: number): string {
  return minute < 10 ? `oh ${cardinal(minute)}` : cardinal(minute)
}
