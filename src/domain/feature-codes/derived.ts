import type { Language } from '../ids.js'
import type { Argument, CodeRow } from './grammar.js'

/** How arguments are written in the help. */
const letters: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  sv: {
    extension: 'ANKN',
    reason: 'O',
    first: 'TTMM',
    second: 'MMDD',
    what: 'V',
    group: 'GRUPP',
    queue: 'KÖ',
    state: '0/1',
    until: 'TTMM',
  },
  de: {
    extension: 'NST',
    reason: 'G',
    first: 'SSMM',
    second: 'MMTT',
    what: 'W',
    group: 'GRUPPE',
    queue: 'WS',
    state: '0/1',
    until: 'SSMM',
  },
  en: {
    extension: 'EXT',
    reason: 'R',
    first: 'HHMM',
    second: 'MMDD',
    what: 'W',
    group: 'GROUP',
    queue: 'QUEUE',
    state: '0/1',
    until: 'HHMM',
  },
}

function written(argument: Argument, language: Language): string {
  const group = `*${letters[language][argument.name] ?? argument.name.toUpperCase()}`
  return argument.optional === true ? `[${group}]` : group
}

/** `*23[*R][*HHMM][*MMDD]#`: what may be left out stands in brackets. */
export function usage(row: CodeRow, language: Language): string {
  return `${row.code}${row.takes.map((argument) => written(argument, language)).join('')}#`
}

/** One line per code for the terminal, in columns. */
export function helpText(rows: readonly CodeRow[], language: Language): string {
  const usages = rows.map((row) => usage(row, language))
  const width = Math.max(0, ...usages.map((text) => text.length))
  return rows.map((row, index) => `${(usages[index] ?? '').padEnd(width)}  ${row.help[language]}\n`).join('')
}

/** The table of the README, as Markdown. */
export function codeTable(rows: readonly CodeRow[]): string {
  const lines = rows.map(
    (row) => `| \`${usage(row, 'en')}\` | ${row.help.en} | ${row.help.sv} | ${row.help.de} |\n`,
  )
  return `| code | English | svenska | Deutsch |\n| --- | --- | --- | --- |\n${lines.join('')}`
}

/**
 * The text of `dialplans/feature-codes.conf`. Each code has its pattern; the last line takes all other codes to Växel as well,
 * which refuses them in words.
 */
export function dialplanFor(rows: readonly CodeRow[]): string {
  const enter = (pattern: string, comment: string) =>
    `; ${comment}\nexten => ${pattern},1,Set(VAXEL_FROM=phone)\n same => n,Goto(vaxel-enter,\${EXTEN},1)\n`
  return [
    '; Feature codes: everything a phone dials that begins with * or # reaches Växel.\n',
    '; Generated from src/domain/feature-codes/table.ts; a test fails when the two differ.\n',
    '[vaxel-feature-codes]\n',
    ...rows.map((row) => enter(`_${row.code}!`, `${usage(row, 'en')} ${row.help.en}`)),
    enter('_[*#]!', 'A code nobody knows: refused in words.'),
  ].join('')
}
