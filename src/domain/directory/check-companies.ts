import type { CompanyId } from '../ids.js'
import { globalClaimsOf } from './claims.js'
import type { Company } from './company.js'
import { error, type Problem } from './problem.js'

/**
 * What must agree between companies of one exchange: a device, trunk, public number or provider's address belongs to one of them,
 * because a call from it has nothing else to tell whose it is.
 * Problems are reported at the later company of the list.
 */
export function checkCompanies(
  companies: readonly Company[],
): readonly { readonly company: CompanyId; readonly problem: Problem }[] {
  const owners = new Map<string, CompanyId>()
  return companies.flatMap((company) => {
    const claims = globalClaimsOf(company)
    const problems = claims.flatMap((claim) => {
      const owner = owners.get(`${claim.what}\0${claim.value}`)
      return owner === undefined || owner === company.company
        ? []
        : [
            {
              company: company.company,
              problem: error(claim.path, `the ${claim.what} ${claim.value} belongs to the company ${owner}`),
            },
          ]
    })
    for (const claim of claims)
      if (!owners.has(`${claim.what}\0${claim.value}`))
        owners.set(`${claim.what}\0${claim.value}`, company.company)
    return problems
  })
}
