import type { DeviceName, Extension, Instant, PersonId } from '../../../src/domain/ids.js'
import { mayFetch, mayPark } from '../../../src/domain/parking/places.js'
import type { Company, Person } from '../../../src/domain/directory/company.js'
import type { ParkedPlace, ParkOperations } from '../../../src/ports/operations.js'
import { StoreUnavailable } from '../../../src/ports/stores.js'

/** The operations over a company in memory, whose people hold the calls the test gives them. */
export function parkingDesk(company: Company, now: () => Instant) {
  const places = new Map<Extension, ParkedPlace>()
  const fetching = new Set<Extension>()
  /** What each person has in hand. */
  const hands = new Map<string, 'call' | 'threeParty'>()
  const unregistered = new Set<DeviceName>()
  const watchers = new Set<() => void>()
  let away = false
  const changed = (): void => {
    for (const watcher of [...watchers]) watcher()
  }
  const knock = async (): Promise<void> => {
    await Promise.resolve()
    if (away) throw new StoreUnavailable('the test has switched it off')
  }
  const ownerOf = (device: DeviceName): Person | undefined =>
    company.people.find((person) => person.devices.some(({ name }) => name === device))

  const operations: ParkOperations = {
    list: async () => {
      await knock()
      return [...places.values()].sort((a, b) => a.since - b.since)
    },
    park: async (_company, from, wish) => {
      await knock()
      const parker =
        from.kind === 'device' ? ownerOf(from.device) : company.people.find(({ id }) => id === from.person)
      if (parker === undefined) return { refused: from.kind === 'device' ? 'noSuchDevice' : 'noSuchPerson' }
      const where = mayPark(company, parker, wish, () => ({ phones: 'some' }))
      if ('refused' in where) return where
      const hand = hands.get(parker.id)
      if (hand !== 'call') return { refused: hand ?? 'nothingToPark' }
      const wanted = where.kind === 'place' ? [where.place] : where.places
      const place = wanted.find((candidate) => !places.has(candidate))
      if (place === undefined) return { refused: where.kind === 'place' ? 'occupied' : 'groupFull' }
      hands.delete(parker.id)
      places.set(place, {
        place,
        state: 'parked',
        party: { name: 'Åsa Öst', number: '+46701740605' },
        parkedBy: parker.id,
        group: where.kind === 'group' ? where.group : undefined,
        since: now(),
        until: now() + 45_000,
      })
      changed()
      return { parkedOn: place }
    },
    fetch: async (_company, place, device) => {
      await knock()
      const person = ownerOf(device)
      if (person === undefined) return { refused: 'noSuchDevice' }
      const parked = places.get(place)
      if (parked === undefined) return { refused: 'nothing' }
      if (!mayFetch(company, person.id, parked)) return { refused: 'notAllowed' }
      if (fetching.has(place)) return { refused: 'taken' }
      if (unregistered.has(device)) return { refused: 'notReachable' }
      fetching.add(place)
      return 'fetching'
    },
    watch: (_company, listener) => {
      watchers.add(listener)
      return () => void watchers.delete(listener)
    },
  }
  return {
    operations,
    company: company.company,
    hold: (person: string, what: 'call' | 'threeParty' = 'call') => hands.set(person, what),
    holds: (person: string): boolean => hands.has(person),
    unregister: (device: string) => unregistered.add(device as DeviceName),
    /** The fetching phone is joined with the call. */
    answered: (place: string) => {
      places.delete(place as Extension)
      fetching.delete(place as Extension)
      changed()
    },
    put: (place: string, by: string) => {
      places.set(place as Extension, {
        place: place as Extension,
        state: 'parked',
        party: { number: '102' },
        parkedBy: by as PersonId,
        since: now(),
        until: now() + 45_000,
      })
      changed()
    },
    setAway: (next: boolean) => (away = next),
    get watchers() {
      return watchers.size
    },
  }
}
