import type { CompanyId } from '../domain/ids.js'
import type { StoredCompany } from '../ports/stores.js'
import { CommandFailed, type Connection } from './command.js'

/** The named company, or `CommandFailed` with the names there are. */
export async function storedCompany(name: string, { stores }: Connection): Promise<StoredCompany> {
  const known = await stores.companies.list()
  const stored = known.includes(name as CompanyId)
    ? await stores.companies.read(name as CompanyId)
    : undefined
  if (stored !== undefined) return stored
  throw new CommandFailed(
    known.length === 0
      ? `There is no company "${name}": none was applied yet. Apply one with: vaxel apply FILE`
      : `There is no company "${name}". There are: ${known.join(', ')}`,
  )
}

/** The named companies, or all of them. */
export async function storedCompanies(
  names: readonly string[],
  connection: Connection,
): Promise<readonly StoredCompany[]> {
  const wanted = names.length > 0 ? names : await connection.stores.companies.list()
  return Promise.all(wanted.map((name) => storedCompany(name, connection)))
}
