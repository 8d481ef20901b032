import type { CompanyId } from '../../src/domain/ids.js'
import type { ApiTokens } from '../../src/ports/api-tokens.js'

export function memoryTokens(): ApiTokens {
  const known = new Map<string, CompanyId>()
  return {
    issue: async (company, secret) => {
      const token = `${company}.${secret}`
      known.set(token, company)
      return token
    },
    holder: async (token) => known.get(token),
    revokeAll: async (company) => {
      const own = [...known].filter(([, holder]) => holder === company)
      for (const [token] of own) known.delete(token)
      return own.length
    },
  }
}
