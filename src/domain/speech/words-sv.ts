const small =
  'noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton'.split(
    ' ',
  )
const tens = ['', '', 'tjugo', 'trettio', 'fyrtio', 'femtio', 'sextio', 'sjuttio', 'åttio', 'nittio']
const ordinals =
  'nollte första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde femtonde sextonde sjuttonde artonde nittonde'.split(
    ' ',
  )

export const monthNames =
  'januari februari mars april maj juni juli augusti september oktober november december'.split(' ')
export const weekdayNames = 'måndag tisdag onsdag torsdag fredag lördag söndag'.split(' ')

/** 0 to 99 in Swedish words, neuter. */
export function cardinal(value: number): string {
  if (value < 20) return small[value] ?? ''
  return `${tens[Math.floor(value / 10)] ?? ''}${value % 10 === 0 ? '' : (small[value % 10] ?? '')}`
}

/** 1 to 31 as an ordinal: "sjuttonde", "tjugoförsta", "trettionde". */
export function ordinal(value: number): string {
  if (value < 20) return ordinals[value] ?? ''
  if (value % 10 === 0) return `${tens[value / 10] ?? ''}nde`
  return `${tens[Math.floor(value / 10)] ?? ''}${ordinals[value % 10] ?? ''}`
}
