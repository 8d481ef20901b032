import { problemText, readCompanyFile, type PlacedProblem } from '../adapters/files/company-file.js'
import { checkCompanies } from '../domain/directory/check-companies.js'
import type { Company } from '../domain/directory/company.js'
import { diffCompanies } from '../domain/directory/diff.js'
import type { DeviceName, Instant } from '../domain/ids.js'
import type { CompanyStore, StoredCompany } from '../ports/stores.js'

/** A company file as it was read: `name` for messages, `text` to the letter. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

export interface PlannedCompany {
  readonly company: Company
  readonly source: string
  /** What is stored now. */
  readonly before: StoredCompany | undefined
  /** What applying would change, for people; empty when only comments or layout differ, or nothing at all. */
  readonly changes: readonly string[]
}

export type ApplyPlan =
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  | {
      readonly kind: 'ready'
      readonly companies: readonly PlannedCompany[]
      readonly warnings: readonly string[]
    }

/**
 * Checks files each for itself, against each other and against every company already applied. Writes nothing.
 * Rejects as the store does.
 */
export async function planApply(files: readonly SourceFile[], store: CompanyStore): Promise<ApplyPlan> {
  const read = files.map((file) => ({ file, result: readCompanyFile(file.text) }))
  const accepted = read.flatMap(({ file, result }) =>
    result.kind === 'company' ? [{ file, ...result }] : [],
  )
  const own = read.flatMap(({ file, result }) =>
    result.kind === 'refused' ? result.problems.map((problem) => problemText(file.name, problem)) : [],
  )
  const twice = accepted.flatMap(({ file, company }, index) => {
    const other = accepted.slice(0, index).find((earlier) => earlier.company.company === company.company)
    return other === undefined
      ? []
      : [`${file.name}: error: the company ${company.company} is in ${other.file.name} too`]
  })
  if (own.length + twice.length > 0) return { kind: 'refused', problems: [...own, ...twice] }

  const stored = await readAll(store)
  const fresh = new Set(accepted.map(({ company }) => company.company))
  const others = stored.map((record) => record.company).filter((company) => !fresh.has(company.company))
  const shared = checkCompanies([...others, ...accepted.map(({ company }) => company)]).flatMap(
    ({ company, problem }) =>
      accepted
        .filter((candidate) => candidate.company.company === company)
        .map(({ file, place }) => problemText(file.name, place(problem))),
  )
  if (shared.length > 0) return { kind: 'refused', problems: shared }
  return {
    kind: 'ready',
    companies: accepted.map(({ file, company }) => {
      const before = stored.find((record) => record.company.company === company.company)
      return { company, source: file.text, before, changes: diffCompanies(before?.company, company) }
    }),
    warnings: accepted.flatMap(({ file, warnings }) =>
      warnings.map((problem: PlacedProblem) => problemText(file.name, problem)),
    ),
  }
}

async function readAll(store: CompanyStore): Promise<readonly StoredCompany[]> {
  const records = await Promise.all((await store.list()).map((company) => store.read(company)))
  return records.filter((record) => record !== undefined)
}

export type WriteResult =
  | { readonly kind: 'written' | 'unchanged'; readonly version: number }
  /** Somebody else applied this company since it was planned: plan again. */
  | { readonly kind: 'conflict' }

/**
 * Writes one planned company; the store tells the feed. Passwords of new devices are made first, so that whoever hears of the new
 * version finds them. The same file again writes nothing. Rejects as the store does.
 */
export async function writeCompany(
  planned: PlannedCompany,
  store: CompanyStore,
  now: Instant,
  newSecret: () => string,
): Promise<WriteResult> {
  const { company, source, before } = planned
  await store.ensureSecrets(company.company, deviceNames(company), newSecret)
  if (before?.source === source && planned.changes.length === 0)
    return { kind: 'unchanged', version: before.version }
  const expected = before?.version ?? 0
  const result = await store.write(company, source, expected, now)
  return result === 'conflict' ? { kind: 'conflict' } : { kind: 'written', version: expected + 1 }
}

/** Every device that registers with a password of ours; a trunk's password comes from its provider. */
export const deviceNames = (company: Company): readonly DeviceName[] =>
  company.people.flatMap((person) => person.devices.map((device) => device.name))
