import type { Reason } from '../absence/absence.js'
import { defaultReasons, reasonsOf } from '../absence/reasons.js'
import type { Company, Person, ReasonRow } from './company.js'
import { error, type Path, type Problem } from './problem.js'
import { unsafeText } from './safe-text.js'

/** The company's own reasons (H-28). */
export function checkReasons(company: Company): readonly Problem[] {
  return company.reasons.flatMap((row, index) => checkRow(row, company, defaultReasons, ['reasons', index]))
}

/** A person's own reasons, which stand on those of the company (H-28). `path`: of the person. */
export function checkPersonReasons(company: Company, person: Person, path: Path): readonly Problem[] {
  const below = reasonsOf(company)
  return person.reasons.flatMap((row, index) => {
    const at = [...path, 'reasons', index]
    return [...checkRow(row, company, below, at), ...checkOverride(row, below, at)]
  })
}

/** `below`: the reasons that the row replaces or extends; one of them need not be put into words again. */
function checkRow(
  row: ReasonRow,
  company: Company,
  below: readonly Reason[],
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = []
  if (row.required && row.argument === 'none')
    problems.push(error([...path, 'required'], 'takes no argument (none), so none can be required'))
  if (row.ends === '0 min') problems.push(error([...path, 'ends'], 'would end at once'))
  const inCatalogue = defaultReasons.some(({ id }) => id === row.id)
  const asBelow = row.text === undefined && below.some(({ id }) => id === row.id)
  if (!inCatalogue && !asBelow && row.text?.[company.language] === undefined)
    problems.push(
      error(
        [...path, 'text'],
        `an own reason needs its words in the company's language: text.${company.language}`,
      ),
    )
  for (const [language, text] of Object.entries(row.text ?? {}))
    if (text !== undefined && (text.trim() === '' || unsafeText(text) !== undefined))
      problems.push(
        error([...path, 'text', language], `${unsafeText(text) ?? 'an empty text'} cannot be spoken`),
      )
  return problems
}

/** What one name means must not differ so much from person to person that colleagues key it wrong or learn what they must not. */
function checkOverride(row: ReasonRow, below: readonly Reason[], path: Path): readonly Problem[] {
  const same = below.find(({ id }) => id === row.id)
  if (same === undefined) return []
  const problems: Problem[] = []
  if (same.digit !== row.digit)
    problems.push(
      error(
        [...path, 'digit'],
        `"${row.id}" has the digit ${same.digit} in this company: write that digit, or another id`,
      ),
    )
  if (same.sensitive && !row.sensitive)
    problems.push(
      error(
        [...path, 'id'],
        `"${row.id}" is sensitive in this company: add sensitive: true, or write another id`,
      ),
    )
  return problems
}

/** The name of a reason of the person, as a rule of theirs gives it. */
export function checkReasonName(
  company: Company,
  person: Person | undefined,
  reason: string,
  path: Path,
): readonly Problem[] {
  const reasons = reasonsOf(company, person)
  const row = reasons.find((candidate) => candidate.id === reason)
  if (row === undefined) {
    const ids = reasons.map((candidate) => candidate.id)
    return [error(path, `there is no reason "${reason}" (there are: ${ids.join(', ')})`)]
  }
  return row.enabled ? [] : [error(path, `the reason "${reason}" is not enabled`)]
}
