import type { DeviceName, LegId } from '../../domain/ids.js'
import { AlreadyExists, CannotReach, type NewLeg, type Pbx } from '../../ports/pbx.js'
import type { Book } from './book.js'
import type { AriConnection } from './connection.js'
import { hangUpParameters } from './ends.js'
import type { Lanes } from './lanes.js'
import { timeIsUp, type AriChannel } from './messages.js'
import { createdMark, deviceOf, earOf, noteVariables, type Variables } from './names.js'
import { notedOf, noteNews } from './noted.js'
import { checked, command, messageOf, refusal } from './refusals.js'

type LegCommands = Pick<
  Pbx,
  | 'answer'
  | 'indicateRinging'
  | 'hangUp'
  | 'note'
  | 'show'
  | 'startMusic'
  | 'stopMusic'
  | 'sendDigits'
  | 'leaveTo'
  | 'limit'
  | 'createLeg'
  | 'dial'
  | 'openEar'
  | 'feedSilence'
  | 'isReachable'
  | 'reachableDevices'
>

export function legCommands(
  connection: AriConnection,
  book: Book,
  { alone, cut, cutting, waiting }: Lanes,
  app: string,
): LegCommands {
  const setVariables = async (leg: LegId, variables: Variables): Promise<void> => {
    const answer = await waiting(leg, 'channels.setChannelVars', { channelId: leg }, { variables })
    checked('channels.setChannelVars', answer)
  }
  return {
    answer: async (leg) => {
      checked('channels.answer', await cutting([leg], 'channels.answer', { channelId: leg }))
    },
    indicateRinging: async (leg) => {
      await command(connection, 'channels.ring', { channelId: leg })
    },
    hangUp: async (leg, reason) => {
      const parameters = { channelId: leg, ...hangUpParameters[reason] }
      await command(connection, 'channels.hangup', parameters, undefined, { accept: [404] })
    },
    note: (leg, notes) =>
      noteNews(book.find(leg)?.noted ?? notedOf({}), notes, (news) => setVariables(leg, noteVariables(news))),
    // The phone is told once, by the last of the two: `i` holds the first one back.
    show: (leg, party) =>
      setVariables(leg, { 'CONNECTEDLINE(name,i)': party.name ?? '', 'CONNECTEDLINE(num)': party.number }),
    startMusic: async (leg, mohClass) => {
      await command(connection, 'channels.startMoh', { channelId: leg, mohClass })
    },
    stopMusic: async (leg) => {
      await command(connection, 'channels.stopMoh', { channelId: leg })
    },
    sendDigits: async (leg, dtmf) => {
      await command(connection, 'channels.sendDTMF', { channelId: leg, dtmf })
    },
    limit: async (leg, seconds) => {
      const variables = { 'TIMEOUT(absolute)': String(seconds) }
      if (seconds === 0 || book.find(leg)?.withoutDialplan !== true) return setVariables(leg, variables)
      return alone(leg, async () => {
        await giveDialplan(connection, book, leg)
        await command(connection, 'channels.setChannelVars', { channelId: leg }, { variables })
      })
    },
    leaveTo: async (leg, { context, extension }) => {
      await cut([leg])
      // Before the request, because the event may come before the answer.
      const notes = book.find(leg)
      if (notes) notes.leaving = true
      try {
        await command(connection, 'channels.continueInDialplan', {
          channelId: leg,
          context,
          extension,
          priority: 1,
        })
      } catch (error) {
        if (notes) notes.leaving = false
        throw error
      }
    },
    createLeg: async (leg) => createLeg(connection, leg, app),
    // `caller` is not passed on: Asterisk would show that leg's own name and number instead of the ones given to `createLeg`.
    dial: async (leg, { ringSeconds }) => {
      await command(connection, 'channels.dial', { channelId: leg, timeout: ringSeconds })
    },
    openEar: async (ear, leg, hears) => openEar(connection, ear, leg, hears, app),
    feedSilence: async (leg, on) => {
      await command(connection, on ? 'channels.startSilence' : 'channels.stopSilence', { channelId: leg })
    },
    isReachable: async (device) => {
      const parameters = { tech: 'PJSIP', resource: device }
      const answer = await command(connection, 'endpoints.get', parameters, undefined, { accept: [404] })
      return answer.status === 200 && isOnline(answer.body as Endpoint)
    },
    reachableDevices: async () => {
      const answer = await command(connection, 'endpoints.listByTech', { tech: 'PJSIP' }, undefined, {
        accept: [404],
      })
      const all = answer.status === 404 ? [] : (answer.body as readonly Endpoint[])
      return all.filter(isOnline).map(({ resource }) => resource)
    },
  }
}

/**
 * Behind a leg that we dialled there is no dialplan: when its limit is over, Asterisk ends it, because it starts a dialplan only for a
 * channel that is not being ended (`stasis_app_exec` in `res/res_stasis.c`). So it is led once to where its limit leads, while we are
 * there to have it back at once.
 */
async function giveDialplan(connection: AriConnection, book: Book, leg: LegId): Promise<void> {
  if (book.find(leg)?.withoutDialplan !== true) return // given meanwhile
  // Before the request, because the event may come before the answer.
  const returned = book.untilReturned(leg)
  returned.catch(() => undefined)
  try {
    await command(connection, 'channels.continueInDialplan', { channelId: leg, ...timeIsUp, priority: 1 })
  } catch (error) {
    const notes = book.find(leg)
    if (notes) notes.returning = undefined
    throw error
  }
  await returned
}

interface Endpoint {
  readonly resource: DeviceName
  readonly state?: string
}
const isOnline = ({ state }: Endpoint): boolean => state === 'online'

async function createLeg(
  connection: AriConnection,
  leg: NewLeg,
  app: string,
): Promise<'created' | 'existed'> {
  const parameters = {
    endpoint: endpointOf(leg.to),
    app,
    appArgs: 'ours',
    channelId: leg.id,
    originator: leg.originator,
  }
  const answer = await connection.call('channels.create', parameters, { variables: variablesOf(leg) })
  if (answer.status < 300) return 'created'
  if (answer.status === 409) return existing(connection, leg)
  // Asterisk says 500 for every phone it cannot reach: unknown, or not registered.
  if (answer.status === 500) throw new CannotReach(`${deviceIn(leg.to)}: ${messageOf(answer)}`)
  throw refusal('channels.create', answer)
}

async function openEar(
  connection: AriConnection,
  ear: LegId,
  leg: LegId,
  hears: 'everything' | 'nothing',
  app: string,
): Promise<'created' | 'existed'> {
  // A second channel of the same id is answered 500, like faults: so it is looked for first.
  const found = await connection.call('channels.get', { channelId: ear })
  if (found.status === 200) {
    if (earOf((found.body as AriChannel).name) === leg) return 'existed'
    throw new AlreadyExists(`leg ${ear} is no ear of ${leg}`)
  }
  const spy = hears === 'everything' ? 'both' : 'none'
  const parameters = { channelId: leg, snoopId: ear, spy, whisper: 'out', app, appArgs: 'ours' }
  await command(connection, 'channels.snoopChannelWithId', parameters)
  return 'created'
}

async function existing(connection: AriConnection, leg: NewLeg): Promise<'existed'> {
  const answer = await connection.call('channels.get', { channelId: leg.id })
  // Asterisk says 409 also for a phone it cannot reach when the last 409 on this connection was a true one (its error
  // number is kept for the thread and not reset).
  if (answer.status === 404) throw new CannotReach(`${deviceIn(leg.to)}: not created`)
  if (answer.status === 200 && deviceOf((answer.body as AriChannel).name) === deviceIn(leg.to))
    return 'existed'
  throw new AlreadyExists(`leg ${leg.id} belongs to another device`)
}

function deviceIn(to: NewLeg['to']): DeviceName {
  return to.kind === 'device' ? to.device : to.trunk
}

function endpointOf(to: NewLeg['to']): string {
  if (to.kind === 'device') return `PJSIP/${to.device}`
  // Asterisk would read anything else as a part of the address.
  if (!/^\+?[0-9*#]{1,40}$/.test(to.number))
    throw new CannotReach('the number has characters that no trunk takes')
  return `PJSIP/${to.number}@${to.trunk}`
}

/** The called phone shows the connected line; the caller id of this leg is the called phone itself. */
function variablesOf({ caller, notes, headers }: NewLeg): Variables {
  const headerVariables = Object.entries(headers ?? {}).map(([name, value]) => [
    `PJSIP_HEADER(add,${name})`,
    value,
  ])
  return {
    'CONNECTEDLINE(name,i)': caller.name ?? '',
    'CONNECTEDLINE(num,i)': caller.number,
    ...(Object.fromEntries(headerVariables) as Record<string, string>),
    [createdMark]: { value: '1', report_events: true },
    ...noteVariables(notes),
  }
}
