import type { CompanyId, Extension, LegId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { ParkedCall, ParkStore } from '../../ports/park-store.js'
import { RecordUnreadable } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, parkedCallSchema, readable } from './records.js'
import { claimFetch } from './scripts/claim-fetch.js'
import { claimPlaceInGroup } from './scripts/claim-place-in-group.js'
import { claimPlace } from './scripts/claim-place.js'
import { freePlace } from './scripts/free-place.js'
import { giveFetchBack } from './scripts/give-fetch-back.js'
import { replaceParked } from './scripts/replace-parked.js'

/** The claim to fetch stands beside the record, under its own field, so that a change of the record keeps it. */
const claimPrefix = 'fetching:'
const claimOn = (place: Extension): string => `${claimPrefix}${place}`

export function parkStore(client: Client, log: Logger): ParkStore {
  const stored = async (company: CompanyId, place: Extension): Promise<Stored | undefined> => {
    const key = keys.park(company)
    const [text, claim] = await client.run(key, (redis) => redis.hmget(key, place, claimOn(place)))
    return text === null || text === undefined ? undefined : { text, record: read(key, place, text, claim) }
  }
  /** Runs a script on what was read, and again on what is there then if somebody changed it in between. */
  const whileOnPlace = async (
    of: Pick<ParkedCall, 'company' | 'place' | 'call' | 'before'>,
    change: (text: string) => Promise<unknown>,
  ): Promise<'done' | 'gone'> => {
    for (;;) {
      const found = await stored(of.company, of.place)
      if (!found || (found.record.call !== of.call && found.record.call !== of.before)) return 'gone'
      if ((await change(found.text)) === 1) return 'done'
    }
  }
  const giveBack = async (company: CompanyId, place: Extension, leg: LegId): Promise<void> => {
    await client.script(giveFetchBack, [keys.park(company)], [claimOn(place), leg])
  }

  return {
    claim: async (record) => {
      const key = keys.park(record.company)
      const { place } = record
      const there = await client.script(claimPlace, [key], [place, withoutClaim(record), claimOn(place)])
      if (typeof there !== 'string') return 'claimed'
      return read(key, place, there).call === record.call ? 'claimed' : 'occupied'
    },
    claimInGroup: async (group, places, record, order = places) => {
      const key = keys.park(record.company)
      const usable = new Set(places)
      const given = await client.script(
        claimPlaceInGroup,
        [key, keys.parkGroups(record.company)],
        [
          ...[group, withoutPlace(record), `"call":${JSON.stringify(record.call)}`, claimPrefix],
          ...order.flatMap((place) => [place, usable.has(place) ? 1 : 0]),
        ],
      )
      return typeof given === 'string' ? (given as Extension) : 'full'
    },
    update: async (record) => {
      const next = withoutClaim(record)
      const outcome = await whileOnPlace(record, (text) =>
        client.script(replaceParked, [keys.park(record.company)], [record.place, text, next]),
      )
      return outcome === 'done' ? 'updated' : 'gone'
    },
    fetch: async (company, place, leg, now, claim) => {
      const key = keys.park(company)
      const until = now + claim
      const text = await client.script(claimFetch, [key], [place, claimOn(place), leg, now, until])
      if (typeof text !== 'string') return 'nothing'
      if (text === 'taken') return 'taken'
      try {
        return { won: { ...read(key, place, text), fetching: { leg, until } } }
      } catch (fault) {
        if (fault instanceof RecordUnreadable) await giveBack(company, place, leg)
        throw fault
      }
    },
    giveBack,
    free: async (company, place, call) => {
      await whileOnPlace({ company, place, call }, (text) =>
        client.script(freePlace, [keys.park(company)], [place, text, claimOn(place)]),
      )
    },
    read: async (company, place) => (await stored(company, place))?.record,
    list: async (company) => {
      const key = keys.park(company)
      const all = await client.run(key, (redis) => redis.hgetall(key))
      const places = Object.keys(all).filter((field) => !field.startsWith(claimPrefix)) as Extension[]
      const records = readable(log, places, (place) =>
        read(key, place, all[place] ?? '', all[claimOn(place)]),
      )
      return [...records].sort((a, b) => a.since - b.since || (a.place < b.place ? -1 : 1))
    },
  }
}

interface Stored {
  readonly text: string
  readonly record: ParkedCall
}

/** The record of a place with the claim that stands beside it. */
function read(key: string, place: Extension, text: string, claim?: string | null): ParkedCall {
  const { fetching: _never, ...record } = decode(parkedCallSchema, `${key} ${place}`, text)
  if (claim === undefined || claim === null) return record
  const [, until, leg] = /^(\d+) (.+)$/su.exec(claim) ?? []
  if (until === undefined || leg === undefined)
    throw new RecordUnreadable(`${key} ${claimOn(place)}`, 'it is no claim')
  return { ...record, fetching: { leg: leg as LegId, until: Number(until) } }
}

function withoutClaim(record: ParkedCall): string {
  const { fetching: _beside, ...rest } = record
  return encode(rest)
}

function withoutPlace(record: ParkedCall): string {
  const { fetching: _beside, place: _chosenThere, ...rest } = record
  return encode(rest).slice(1)
}
