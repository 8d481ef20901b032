import type { LegId, RoomId } from '../../domain/ids.js'
import {
  AlreadyExists,
  NoSuchThing,
  type Notes,
  type Pbx,
  type RoomKind,
  type Snapshot,
} from '../../ports/pbx.js'
import { allOf } from '../../runtime/all-of.js'
import type { Book } from './book.js'
import type { AriConnection } from './connection.js'
import type { Lanes } from './lanes.js'
import { isInApp, isWithoutDialplan, legOf, roomOf, type AriBridge, type AriChannel } from './messages.js'
import { noteVariables } from './names.js'
import { checked, command, refusal } from './refusals.js'

type RoomCommands = Pick<Pbx, 'openRoom' | 'enter' | 'leave' | 'closeRoom' | 'noteRoom' | 'snapshot'>

/** Without `dtmf_events` two legs are joined natively and no digit reaches us. */
const bridgeTypes: Readonly<Record<RoomKind, string>> = { talk: 'mixing,dtmf_events', holding: 'holding' }

/**
 * With this role Asterisk plays music to the leg itself, for as long as it is in a holding bridge. Music of the bridge
 * (`bridges.startMoh`) is not used: its player leaves with the last leg, and whoever comes in while it leaves, or had it begun for
 * them then, hears nothing for good.
 */
const listener = 'holding_participant'

const defaultMusic = 'default'

export function roomCommands(
  connection: AriConnection,
  book: Book,
  { cutting, waiting, isQuiet }: Lanes,
  app: string,
): RoomCommands {
  /** Rooms with music: of others nothing has to be known. */
  const holding = new Set<RoomId>()
  /** Rooms that are being opened. */
  const opening = new Map<RoomId, Promise<unknown>>()
  const takeOut = async (room: RoomId, leg: LegId): Promise<void> => {
    const answer = await cutting([leg], 'bridges.removeChannel', { bridgeId: room, channel: leg })
    // The leg is gone (400), or elsewhere (422).
    checked('bridges.removeChannel', answer, { accept: [400, 404, 422] })
  }
  const putIn = async (
    room: RoomId,
    legs: readonly LegId[],
    options: { readonly absorbDTMF: boolean; readonly role?: string },
    { again = false, aside = false } = {},
  ): Promise<void> => {
    if (legs.length === 0) return
    // Sent on the websocket it comes behind the opening by itself; over HTTP it might overtake it.
    if (again || !legs.every(isQuiet)) await opening.get(room)?.catch(() => undefined)
    // Who is shown to whom is said by `createLeg` and `show`; a bridge would overwrite it with its own idea.
    const parameters = { bridgeId: room, channel: legs, inhibitConnectedLineUpdates: true, ...options }
    const answer =
      aside && !opening.has(room) && legs.every(isQuiet)
        ? await connection.callAside('bridges.addChannel', parameters)
        : await cutting(legs, 'bridges.addChannel', parameters)
    // One of the same name was just being closed: what opens it now tries again, and so does this.
    if (answer.status === 404 && opening.has(room)) return putIn(room, legs, options, { again: true })
    // One leg that is gone makes it refuse them all.
    if (answer.status === 400) throw new NoSuchThing(`one of the legs ${legs.join(', ')} is gone`)
    checked('bridges.addChannel', answer)
    for (const leg of legs) {
      const notes = book.find(leg)
      if (notes) notes.room = room
    }
  }
  const setMusic = async (leg: LegId, music: string): Promise<void> => {
    const variables = { 'CHANNEL(musicclass)': music }
    const answer = await waiting(leg, 'channels.setChannelVars', { channelId: leg }, { variables })
    checked('channels.setChannelVars', answer)
    book.leg(leg).music = music
  }
  const moveIn = async (
    room: RoomId,
    leg: LegId,
    { left, music, absorbDTMF }: { left?: RoomId; music?: string; absorbDTMF: boolean },
  ): Promise<void> => {
    // Asterisk takes the role away from a leg that leaves a holding bridge, also when it was given for the next one.
    if (left !== undefined) await takeOut(left, leg)
    // Both are sent at once, and carried out in this order.
    const set = music === undefined ? undefined : setMusic(leg, music)
    await allOf([set ?? Promise.resolve(), putIn(room, [leg], { absorbDTMF, role: listener })])
  }
  const begin = (room: RoomId, leg: LegId, music: string, absorbDTMF: boolean): Promise<void> => {
    const notes = book.find(leg)
    const before = notes?.room
    // Entering again would interrupt the music.
    if (before === room) return Promise.resolve()
    const isSet = notes?.known === true && (notes.music ?? defaultMusic) === music
    return moveIn(room, leg, {
      ...(before !== undefined && holding.has(before) ? { left: before } : {}),
      ...(isSet ? {} : { music }),
      absorbDTMF,
    })
  }
  /** Legs on their way into a room with music: only when they are there it is known what another way in needs. */
  const arriving = new Map<LegId, Promise<void>>()
  const listen = async (room: RoomId, leg: LegId, music: string, absorbDTMF: boolean): Promise<void> => {
    for (let earlier; (earlier = arriving.get(leg)) !== undefined;) await earlier.catch(() => undefined)
    const arrival = begin(room, leg, music, absorbDTMF).finally(() => arriving.delete(leg))
    arriving.set(leg, arrival)
    await arrival
  }
  return {
    openRoom: (room, kind, notes) => {
      if (kind === 'holding') holding.add(room)
      const opened = openBridge(connection, room, kind, notes).finally(() => {
        if (opening.get(room) === opened) opening.delete(room)
      })
      opening.set(room, opened)
      return opened
    },
    enter: async (room, legs, { keysKept = [], music = defaultMusic } = {}) => {
      if (holding.has(room)) {
        await Promise.all(legs.map((leg) => listen(room, leg, music, keysKept.includes(leg))))
        return
      }
      const kept = legs.filter((leg) => keysKept.includes(leg))
      const others = legs.filter((leg) => !keysKept.includes(leg))
      // Each way in takes Asterisk a good half of a millisecond, so it takes both at the same time. The first fault is told when both are over.
      const ends = await Promise.allSettled([
        putIn(room, others, { absorbDTMF: false }, { aside: kept.length > 0 }),
        putIn(room, kept, { absorbDTMF: true }),
      ])
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
    noteRoom: (room, notes) => noteBridge(connection, room, notes),
    // One by one: a leg that is gone or elsewhere would keep the others in.
    leave: async (room, legs) => {
      await Promise.all(legs.map((leg) => takeOut(room, leg)))
    },
    closeRoom: async (room) => {
      holding.delete(room)
      await command(connection, 'bridges.destroy', { bridgeId: room }, undefined, { accept: [404] })
    },
    snapshot: async () => {
      const snapshot = await takeSnapshot(connection, book, app)
      for (const { id, kind, legs } of snapshot.rooms) {
        if (kind !== 'holding') continue
        holding.add(id)
        // Those from before our start.
        for (const leg of legs) if (book.find(leg)?.known !== true) book.leg(leg).room ??= id
      }
      return snapshot
    },
  }
}

async function noteBridge(connection: AriConnection, room: RoomId, notes: Notes): Promise<void> {
  // Here the variables are wrapped, unlike at the making of a bridge.
  const body = { variables: noteVariables(notes) }
  await command(connection, 'bridges.setBridgeVars', { bridgeId: room }, body)
}

async function openBridge(
  connection: AriConnection,
  room: RoomId,
  kind: RoomKind,
  notes: Notes,
  tries = 5,
): Promise<'opened' | 'existed'> {
  const parameters = { bridgeId: room, name: room, type: bridgeTypes[kind] }
  // Unlike at channels the variables stand at the top of the body; wrapped, Asterisk answers 400 and makes the bridge all the same.
  const answer = await connection.call('bridges.create', parameters, noteVariables(notes))
  if (answer.status < 300) {
    // Until somebody enters, or this, the list of bridges shows none of them.
    if (kind === 'holding') await noteBridge(connection, room, notes)
    return 'opened'
  }
  if (answer.status !== 409) throw refusal('bridges.create', answer)
  const found = await connection.call('bridges.get', { bridgeId: room })
  // A room that is being closed stands in the way for a moment, in which Asterisk takes it down.
  if (found.status === 404 && tries > 1) return openBridge(connection, room, kind, notes, tries - 1)
  if (found.status >= 300) throw refusal('bridges.get', found)
  const bridge = found.body as AriBridge
  if (bridge.bridge_class !== 'stasis' || roomOf(bridge).kind !== kind)
    throw new AlreadyExists(`room ${room} is of another kind`)
  return 'existed'
}

/** Over HTTP: these lists may be long, and commands must not wait for them. */
async function takeSnapshot(connection: AriConnection, book: Book, app: string): Promise<Snapshot> {
  const [channels, bridges] = await Promise.all([
    connection.callOverHttp('channels.list', {}),
    connection.callOverHttp('bridges.list', {}),
  ])
  if (channels.status !== 200) throw refusal('channels.list', channels)
  if (bridges.status !== 200) throw refusal('bridges.list', bridges)
  const here = (channels.body as readonly AriChannel[]).filter((channel) => isInApp(channel, app))
  // Those from before our start.
  for (const channel of here)
    if (isWithoutDialplan(channel) && !book.hasEnded(channel.id as LegId))
      book.leg(channel.id as LegId).withoutDialplan = true
  return {
    legs: here.map(legOf),
    rooms: (bridges.body as readonly AriBridge[])
      .filter((bridge) => bridge.bridge_class === 'stasis')
      .map(roomOf),
  }
}
