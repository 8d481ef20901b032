import type { Company } from '../domain/directory/company.js'
import type { CompanyId, Extension } from '../domain/ids.js'
import type { Deps } from './call.js'

/** P-30: the lamp of a park place; phones watch the extension of the same name. */
export const parkLamp = ({
  company,
  place,
}: {
  readonly company: CompanyId
  readonly place: Extension
}): string => `park-${company}-${place}`

/** Lamps outlive both us and the exchange: at a start they are set to what is. */
export async function resetParkLamps(company: Company, deps: Pick<Deps, 'stores' | 'lamps'>): Promise<void> {
  const parked = new Set((await deps.stores.parking.list(company.company)).map(({ place }) => place))
  for (const { extension: place } of company.people) {
    await deps.lamps.set(parkLamp({ company: company.company, place }), parked.has(place) ? 'busy' : 'off')
  }
}
