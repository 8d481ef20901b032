import type { ConfigurationObject } from '../domain/directory/provision.js'

/**
 * Tells the exchange its phones and trunks while it runs. What was told is gone when the exchange restarts, so everything is
 * told again at every connection and after every event `gap`. All methods reject with `PbxUnavailable` or `PbxRefused`
 * (for example a field of an unknown name) and are safe to repeat.
 */
export interface Provisioner {
  /** Creates or replaces; what is there unchanged is left alone. An endpoint comes after the auth and aor it names. */
  put(object: ConfigurationObject): Promise<void>
  /** One that does not exist is no error. */
  remove(object: Pick<ConfigurationObject, 'module' | 'type' | 'id'>): Promise<void>
  /** Names of all endpoints that were put and are known to the exchange now. */
  list(): Promise<readonly string[]>
  /** A global variable of the dialplan; the empty value removes it. */
  setGlobal(name: string, value: string): Promise<void>
}

export type LampState = 'off' | 'busy' | 'ringing' | 'held' | 'unavailable'

/** Lamps that phones watch (BLF), for example of a park place. They survive the exchange's restarts: reset them at start. */
export interface Lamps {
  /** `name`: letters, digits, `-`, `_`, for example `exempel-101`; phones watch what the dialplan's hint maps to `Stasis:<name>`. */
  set(name: string, state: LampState): Promise<void>
  list(): Promise<readonly string[]>
  remove(name: string): Promise<void>
}
