const small =
  'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
    ' ',
  )
const tens = ['', '', 'zwanzig', 'dreißig', 'vierzig', 'fünfzig', 'sechzig', 'siebzig', 'achtzig', 'neunzig']
const irregularOrdinals: Readonly<Record<number, string>> = {
  1: 'ersten',
  3: 'dritten',
  7: 'siebten',
  8: 'achten',
}

export const monthNames =
  'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ')
export const weekdayNames = 'Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag'.split(' ')

/** 0 to 99 in German words: "eins", "einundzwanzig". */
export function cardinal(value: number): string {
  if (value < 20) return small[value] ?? ''
  const ten = tens[Math.floor(value / 10)] ?? ''
  return value % 10 === 0 ? ten : `${value % 10 === 1 ? 'ein' : (small[value % 10] ?? '')}und${ten}`
}

/** The hour before "Uhr": "ein Uhr", never "eins Uhr". */
export function hourWord(hour: number): string {
  return hour === 1 ? 'ein' : cardinal(hour)
}

/** 1 to 31 as an ordinal in the dative: "dem siebzehnten", "am ersten". */
export function ordinal(value: number): string {
  return irregularOrdinals[value] ?? `${cardinal(value)}${value < 20 ? 'ten' : 'sten'}`
}
