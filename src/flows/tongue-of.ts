import type { Tongue } from '../domain/speech/tongue.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'

/** The language of whoever is at this leg: the person's own, or the company's. */
export function tongueOf(
  call: Pick<Call, 'company'>,
  leg: Leg,
  deps: Pick<Deps, 'directory' | 'tongues'>,
): Tongue {
  const { device } = leg.info
  const person = device === undefined ? undefined : deps.directory().device(device)?.person
  return deps.tongues[person?.language ?? call.company.language]
}
