import type { CompanyId, Instant } from '../domain/ids.js'

/** What one running exchange says of itself. */
export interface ExchangeReport {
  /** Name of the exchange (`VAXEL_NODE`). */
  readonly node: string
  readonly at: Instant
  /** Whether Växel talks to Asterisk just now. */
  readonly asterisk: 'connected' | 'away'
  readonly asteriskVersion?: string | undefined
  /** Whether a second process could go on in its place at once; undefined: none is kept, or it is not known. */
  readonly standby?: 'ready' | 'none' | undefined
  /** Version of each company whose phones and trunk Asterisk now knows (`StoredCompany.version`), or why it does not. */
  readonly provisioned: Readonly<
    Record<CompanyId, { readonly version: number; readonly problem?: string | undefined }>
  >
}

/**
 * How a running exchange tells the outside (`vaxel apply`, `vaxel status`) what it has carried out. A report is replaced by the next one
 * and forgotten after `forgetAfterSeconds` without a new one, so an exchange that died is not taken for a running one.
 * Both reject with `StoreUnavailable` like the stores.
 */
export interface ProvisionStatus {
  /** Called after each provisioning and every few seconds. */
  report(report: ExchangeReport): Promise<void>
  /** The exchanges that run now. */
  exchanges(): Promise<readonly ExchangeReport[]>
}
export const forgetAfterSeconds = 10
