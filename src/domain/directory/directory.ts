import type { CompanyId, DeviceName, E164, Extension, PersonId } from '../ids.js'
import type { Queue } from '../queue/settings.js'
import type { Company, Device, Person } from './company.js'
import type { Destination } from './menu-schema.js'

export interface DeviceEntry {
  readonly company: Company
  readonly person: Person
  readonly device: Device
}

/** Who or what stands behind a public number. */
export type NumberEntry =
  | { readonly kind: 'person'; readonly company: Company; readonly person: Person }
  | { readonly kind: 'queue'; readonly company: Company; readonly queue: Queue }
  /** The main number and owned numbers nobody has: the reception. */
  | { readonly kind: 'reception'; readonly company: Company }
  /** What the company file says of the number. */
  | { readonly kind: 'destination'; readonly company: Company; readonly to: Destination }
  /** H-15 */
  | { readonly kind: 'service'; readonly company: Company }

/**
 * Look-up tables over all companies. Built anew at each change and never modified, so a call keeps the directory it began with.
 * Extensions belong to a company; device names, trunk names and public numbers are unique over all of them.
 */
export interface Directory {
  readonly companies: ReadonlyMap<CompanyId, Company>
  device(name: DeviceName | string): DeviceEntry | undefined
  extension(company: CompanyId, extension: Extension | string): Person | undefined
  person(company: CompanyId, person: PersonId | string): Person | undefined
  /** The queue with this number inside the company. */
  queue(company: CompanyId, number: Extension | string): Queue | undefined
  number(number: E164 | string): NumberEntry | undefined
  trunk(name: DeviceName | string): Company | undefined
}

/** Of two companies that claim the same name the first keeps it; `checkCompanies` refuses such a pair before it gets here. */
export function buildDirectory(companies: Iterable<Company>): Directory {
  const byId = new Map<CompanyId, Company>()
  const devices = new Map<string, DeviceEntry>()
  const extensions = new Map<string, Person>()
  const people = new Map<string, Person>()
  const queues = new Map<string, Queue>()
  const numbers = new Map<string, NumberEntry>()
  const trunks = new Map<string, Company>()
  for (const company of companies) {
    if (byId.has(company.company)) continue
    byId.set(company.company, company)
    if (company.trunk !== undefined) putFirst(trunks, company.trunk.name, company)
    for (const person of company.people) {
      putFirst(extensions, within(company.company, person.extension), person)
      putFirst(people, within(company.company, person.id), person)
      for (const device of person.devices) putFirst(devices, device.name, { company, person, device })
      for (const number of person.numbers) putFirst(numbers, number, { kind: 'person', company, person })
    }
    for (const { number, to } of company.numbers)
      putFirst(numbers, number, { kind: 'destination', company, to })
    for (const queue of company.queues) {
      putFirst(queues, within(company.company, queue.number), queue)
      for (const number of queue.numbers) putFirst(numbers, number, { kind: 'queue', company, queue })
    }
    if (company.serviceNumber !== undefined)
      putFirst(numbers, company.serviceNumber, { kind: 'service', company })
    for (const number of [company.main, ...company.owned])
      putFirst(numbers, number, { kind: 'reception', company })
  }
  return {
    companies: byId,
    device: (name) => devices.get(name),
    extension: (company, extension) => extensions.get(within(company, extension)),
    person: (company, person) => people.get(within(company, person)),
    queue: (company, number) => queues.get(within(company, number)),
    number: (number) => numbers.get(number),
    trunk: (name) => trunks.get(name),
  }
}

/** A company id holds no slash, so two companies never share a key. */
const within = (company: string, name: string): string => `${company}/${name}`

function putFirst<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value)
}
