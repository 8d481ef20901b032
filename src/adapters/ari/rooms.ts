import type { LegId, RoomId } from '../../domain/ids.js'
import {
  AlreadyExists,
  NoSuchThing,
  type Notes,
  type Pbx,
  type RoomKind,
  type Snapshot,
} from '../../ports/pbx.js'
import type { AriConnection } from './connection.js'
import type { Lanes } from './lanes.js'
import { isInApp, legOf, roomOf, type AriBridge, type AriChannel } from './messages.js'
import { noteVariables } from './names.js'
import { checked, command, refusal } from './refusals.js'

type RoomCommands = Pick<
  Pbx,
  'openRoom' | 'enter' | 'leave' | 'closeRoom' | 'startRoomMusic' | 'noteRoom' | 'snapshot'
>

/** Without `dtmf_events` two legs are joined natively and no digit reaches us. */
const bridgeTypes: Readonly<Record<RoomKind, string>> = { talk: 'mixing,dtmf_events', holding: 'holding' }

const defaultMusic = 'default'

export function roomCommands(connection: AriConnection, { cutting }: Lanes, app: string): RoomCommands {
  const startRoomMusic = async (room: RoomId, mohClass: string): Promise<void> => {
    await command(connection, 'bridges.startMoh', { bridgeId: room, mohClass })
  }
  return {
    startRoomMusic,
    openRoom: async (room, kind, notes) => {
      const opened = await openBridge(connection, room, kind, notes)
      // A holding bridge without music sends no sound at all, and phones and NAT give up on it.
      if (kind === 'holding' && opened.legs === 0) await startRoomMusic(room, defaultMusic)
      return opened.result
    },
    enter: async (room, legs, { keysKept = [] } = {}) => {
      const enter = async (some: readonly LegId[], absorbDTMF: boolean): Promise<void> => {
        if (some.length === 0) return
        // Who is shown to whom is said by `createLeg` and `show`; a bridge would overwrite it with its own idea.
        const parameters = { bridgeId: room, channel: some, absorbDTMF, inhibitConnectedLineUpdates: true }
        const answer = await cutting(some, 'bridges.addChannel', parameters)
        // One leg that is gone makes it refuse them all.
        if (answer.status === 400) throw new NoSuchThing(`one of the legs ${some.join(', ')} is gone`)
        checked('bridges.addChannel', answer)
      }
      await enter(
        legs.filter((leg) => !keysKept.includes(leg)),
        false,
      )
      await enter(
        legs.filter((leg) => keysKept.includes(leg)),
        true,
      )
    },
    noteRoom: async (room, notes) => {
      // Here the variables are wrapped, unlike at the making of a bridge.
      await command(
        connection,
        'bridges.setBridgeVars',
        { bridgeId: room },
        { variables: noteVariables(notes) },
      )
    },
    leave: async (room, legs) => {
      // One by one: a leg that is gone (400) or elsewhere (422) would keep the others in.
      const each = legs.map(async (leg) => {
        const answer = await cutting([leg], 'bridges.removeChannel', { bridgeId: room, channel: leg })
        checked('bridges.removeChannel', answer, { accept: [400, 404, 422] })
      })
      await Promise.all(each)
    },
    closeRoom: async (room) => {
      await command(connection, 'bridges.destroy', { bridgeId: room }, undefined, { accept: [404] })
    },
    snapshot: async () => takeSnapshot(connection, app),
  }
}

async function openBridge(
  connection: AriConnection,
  room: RoomId,
  kind: RoomKind,
  notes: Notes,
): Promise<{ readonly result: 'opened' | 'existed'; readonly legs: number }> {
  const parameters = { bridgeId: room, name: room, type: bridgeTypes[kind] }
  // Unlike at channels the variables stand at the top of the body; wrapped, Asterisk answers 400 and makes the bridge all the same.
  const answer = await connection.call('bridges.create', parameters, noteVariables(notes))
  if (answer.status < 300) return { result: 'opened', legs: 0 }
  if (answer.status !== 409) throw refusal('bridges.create', answer)
  const found = await command(connection, 'bridges.get', { bridgeId: room })
  const bridge = found.body as AriBridge
  if (bridge.bridge_class !== 'stasis' || roomOf(bridge).kind !== kind)
    throw new AlreadyExists(`room ${room} is of another kind`)
  return { result: 'existed', legs: bridge.channels.length }
}

/** Over HTTP: these lists may be long, and commands must not wait for them. */
async function takeSnapshot(connection: AriConnection, app: string): Promise<Snapshot> {
  const [channels, bridges] = await Promise.all([
    connection.callOverHttp('channels.list', {}),
    connection.callOverHttp('bridges.list', {}),
  ])
  if (channels.status !== 200) throw refusal('channels.list', channels)
  if (bridges.status !== 200) throw refusal('bridges.list', bridges)
  return {
    legs: (channels.body as readonly AriChannel[]).filter((channel) => isInApp(channel, app)).map(legOf),
    rooms: (bridges.body as readonly AriBridge[])
      .filter((bridge) => bridge.bridge_class === 'stasis')
      .map(roomOf),
  }
}
