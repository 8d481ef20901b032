import type { Company, Person } from '../domain/directory/company.js'
import type { DeviceEntry } from '../domain/directory/directory.js'
import type { CallId, CompanyId, DeviceName, Extension, LegId } from '../domain/ids.js'
import { mayFetch, type ParkWish } from '../domain/parking/places.js'
import type { NotFetched, NotParked, ParkFrom, ParkOperations, ParkedPlace } from '../ports/operations.js'
import type { ParkedCall } from '../ports/park-store.js'
import { CannotReach, NoSuchThing } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps, Ringer } from './call.js'
import { fetchParked } from './fetch-parked.js'
import { autoAnswer } from './page-group.js'
import { parkLeg, partyOf } from './park.js'
import { findPlace } from './park-codes.js'
import { refuse } from './speak.js'

const fetchRingSeconds = 20

/** P-02 d: what the HTTP interface does with parked calls; the same stories as by key. */
export function parkOperations(deps: Deps): ParkOperations {
  return {
    list: async (company) =>
      [...(await deps.stores.parking.list(company))].sort((a, b) => a.since - b.since).map(placeOf),
    park: (company, from, wish) => park(company, from, wish, deps),
    fetch: (company, place, device) => fetch(company, place, device, deps),
    watch: (company, changed) =>
      deps.parks.onChange((whose) => {
        if (whose === company) changed()
      }),
  }
}

const placeOf = ({ place, phase, party, parkedBy, group, since, deadline }: ParkedCall): ParkedPlace => ({
  place,
  state: phase,
  party,
  parkedBy,
  group,
  since,
  until: deadline,
})

async function park(
  id: CompanyId,
  from: ParkFrom,
  wish: ParkWish,
  deps: Deps,
): Promise<{ readonly parkedOn: Extension } | { readonly refused: NotParked }> {
  const directory = deps.directory()
  const company = directory.companies.get(id)
  if (!company) return { refused: from.kind === 'device' ? 'noSuchDevice' : 'noSuchPerson' }
  const parker = parkerOf(company, from)
  if (!parker) return { refused: from.kind === 'device' ? 'noSuchDevice' : 'noSuchPerson' }
  const devices = from.kind === 'device' ? [from.device] : parker.devices.map(({ name }) => name)
  const party = partyOf((leg) => leg.info.device !== undefined && devices.includes(leg.info.device), deps)
  if (party === 'nobody') return { refused: 'nothingToPark' }
  if (party === 'several') return { refused: 'threeParty' }
  const where = findPlace({ company, directory }, parker, wish, deps)
  if ('refused' in where) return where
  return parkLeg(party, where, { person: parker.id, wish: `http-${String(deps.clock.now())}` }, deps)
}

const parkerOf = (company: Company, from: ParkFrom): Person | undefined =>
  company.people.find((person) =>
    from.kind === 'person'
      ? person.id === from.person
      : person.devices.some(({ name }) => name === from.device),
  )

/** Rings the phone, which answers by itself where it can, and lets it fetch the call. Settles when the phone is being rung. */
async function fetch(
  id: CompanyId,
  place: Extension,
  device: DeviceName,
  deps: Deps,
): Promise<'fetching' | { readonly refused: NotFetched }> {
  const known = deps.directory().device(device)
  if (known?.company.company !== id) return { refused: 'noSuchDevice' }
  const record = await deps.stores.parking.read(id, place)
  if (!record) return { refused: 'nothing' }
  if (!mayFetch(known.company, known.person.id, record)) return { refused: 'notAllowed' }
  const ringer = ringerFor(known, record, deps)
  if (deps.calls.isTold(ringer.id)) return 'fetching' // asked for twice
  return new Promise((resolve, reject) => {
    deps.calls.tell(ringer, async (scope) => {
      try {
        resolve(await ringToFetch(ringer, known, record, scope, deps))
      } catch (error) {
        reject(error instanceof Error ? error : new Error('not fetched', { cause: error }))
        throw error
      }
    })
  })
}

/** Nobody is on the line until the phone has answered. */
function ringerFor({ company, person, device }: DeviceEntry, record: ParkedCall, deps: Deps): Ringer {
  const id = `fetch-${record.call}-${device.name}` as CallId
  return {
    id,
    conversation: id,
    company,
    directory: deps.directory(),
    origin: { kind: 'phone', person, device },
    tongue: deps.tongues[person.language ?? company.language],
    arrivedAt: deps.clock.now(),
  }
}

/** From the moment the phone rings it is its call, and ends with it. */
async function ringToFetch(
  { id }: Ringer,
  { person, device }: DeviceEntry,
  record: ParkedCall,
  scope: Scope,
  deps: Deps,
): Promise<'fetching' | { readonly refused: NotFetched }> {
  let rings = false
  try {
    const leg = await deps.exchange.create(
      scope,
      {
        id: id as string as LegId,
        to: { kind: 'device', device: device.name },
        caller: record.party,
        notes: { company: record.company, call: id, role: 'called' },
        headers: autoAnswer,
      },
      () => (rings ? undefined : 'normal'),
    )
    await scope.of(deps.exchange.pbx.dial(leg.id, { ringSeconds: fetchRingSeconds }))
    const call = leg.ended ? undefined : deps.calls.callFor(leg, id)
    if (!call) return { refused: 'notReachable' }
    rings = true
    deps.calls.tell(call, (own) => fetchWhenAnswered(call, person, record.place, own, deps))
    return 'fetching'
  } catch (error) {
    if (error instanceof CannotReach || error instanceof NoSuchThing) return { refused: 'notReachable' }
    throw error
  }
}

async function fetchWhenAnswered(
  call: Call,
  person: Person,
  place: Extension,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  await deps.exchange.watch(scope, call.leg, (leg) => (leg.state === 'up' ? true : undefined))
  const end = await fetchParked(call, person, place, scope, deps)
  if (end !== 'done' && 'refused' in end) await refuse(call, end.refused, scope, deps)
}
