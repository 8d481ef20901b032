import type { CompanyId, Instant } from '../domain/ids.js'

/** Who may use the HTTP API. A token opens one company; only its digest is stored, so it is shown once. */
export interface ApiTokens {
  /** Makes the token of a secret nobody guesses, and remembers it. */
  issue(company: CompanyId, secret: string, now: Instant): Promise<string>
  /** The company it opens. */
  holder(token: string): Promise<CompanyId | undefined>
  /** Ends all tokens of the company; gives their number. */
  revokeAll(company: CompanyId): Promise<number>
}
