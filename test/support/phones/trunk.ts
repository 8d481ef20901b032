import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { Call } from './call.js'
import { startPhoneWorkings, quoted, type Account, type Phone } from './phone.js'
import { freePorts, givePortsBack, type PortRange } from './ports.js'

export interface TrunkSettings {
  readonly name: string
  /** `sip:HOST:PORT` of the exchange. */
  readonly exchange: string
  /** The exchange knows its trunk by this address. Default 127.0.0.2. */
  readonly address?: string
  /** Where the exchange sends calls. Found by itself when not given. */
  readonly port?: number
  readonly tone?: number
  readonly autoAnswer?: boolean
  readonly codecs?: string
  readonly ports?: PortRange
}

export interface CallIn {
  /** The calling number, as it is to stand in From. */
  readonly from: string
  readonly name?: string
  /** The number called. */
  readonly to: string
}

/**
 * The far side of a SIP trunk: no registration, calls in with any From, takes any number called out.
 * `ringing()` gives calls out of the exchange; their `dialled` is the number, `peer` the From, and
 * `header('P-Asserted-Identity')` the number shown.
 */
export interface Trunk extends Omit<Phone, 'dial' | 'register' | 'unregister' | 'registered'> {
  readonly uri: string
  readonly callIn: (call: CallIn) => Promise<Call>
}

/** The only user that the phone behind the relay knows. */
const INNER_USER = 'trunk'

export async function startTrunk(settings: TrunkSettings): Promise<Trunk> {
  const address = settings.address ?? '127.0.0.2'
  const port = settings.port ?? (await freePorts(address, settings.ports ?? { from: 21_600, to: 21_899 }))
  const relay = await startRelay(address, port)
  const exchange = settings.exchange.replace(/^sip:/, '')
  const { phone, dialFrom, addAccount } = await startPhoneWorkings(
    {
      name: INNER_USER,
      registrar: `sip:${exchange}`,
      address,
      ...(settings.tone === undefined ? {} : { tone: settings.tone }),
      ...(settings.autoAnswer === undefined ? {} : { autoAnswer: settings.autoAnswer }),
      ...(settings.codecs === undefined ? {} : { codecs: settings.codecs }),
      ...(settings.ports === undefined ? {} : { ports: settings.ports }),
    },
    { owner: settings.name, dialledBefore: relay.dialled },
  ).catch((error: unknown) => {
    relay.close()
    throw error
  })
  relay.sendTo(phone.port)
  const accounts = new Map<string, Account>()
  const close = (end: () => Promise<void>) => async (): Promise<void> => {
    await end()
    relay.close()
    givePortsBack(port)
  }
  return {
    ...phone,
    name: settings.name,
    port,
    uri: `sip:${address}:${String(port)}`,
    callIn: async ({ from, name, to }) => {
      const key = `${from} ${name ?? ''}`
      const account =
        accounts.get(key) ?? trunkAccount(from, name, address, accounts.size, settings.codecs ?? 'pcma')
      if (!accounts.has(key)) {
        await addAccount(account)
        accounts.set(key, account)
      }
      return dialFrom(account, `sip:${to}@${exchange}`)
    },
    kill: close(phone.kill),
    stop: close(phone.stop),
  }
}

/** The host part only has to differ between two accounts of one number, since baresip finds accounts by their AOR. */
function trunkAccount(
  from: string,
  name: string | undefined,
  address: string,
  count: number,
  codecs: string,
): Account {
  const aor = `sip:${from}@${address}:${String(6000 + count)}`
  return { aor, line: `${quoted(name)}<${aor}>;regint=0;mwi=no;audio_codecs=${codecs}` }
}

interface Relay {
  readonly dialled: (callId: string) => string | undefined
  readonly sendTo: (innerPort: number) => void
  readonly close: () => void
}

/**
 * baresip answers 404 to a number that it has no account for. So calls out pass a relay that writes INNER_USER into the
 * request line and remembers what stood there; answers go back the way they came, later requests of the dialog go
 * straight to the phone by its Contact.
 */
async function startRelay(address: string, port: number): Promise<Relay> {
  const socket = await boundSocket(address, port)
  const dialled = new Map<string, string>()
  let exchangePort = 0
  let exchangeHost = ''
  let innerPort = 0
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const text = bytes.toString('utf8')
    if (from.port === innerPort && from.address === address) {
      socket.send(bytes, exchangePort, exchangeHost)
      return
    }
    exchangePort = from.port
    exchangeHost = from.address
    const user = /^[A-Z]+ sips?:([^@\s]*)@/.exec(text)?.[1]
    const callId = /^(?:Call-ID|i)\s*:\s*(\S+)/im.exec(text)?.[1]
    if (user !== undefined && callId !== undefined && !dialled.has(callId)) dialled.set(callId, user)
    socket.send(text.replace(/^([A-Z]+ sips?:)(?:[^@\s]*@)?/, `$1${INNER_USER}@`), innerPort, address)
  })
  return {
    dialled: (callId) => dialled.get(callId),
    sendTo: (inner) => {
      innerPort = inner
    },
    close: () => {
      try {
        socket.close()
      } catch {
        // closed before
      }
    },
  }
}

function boundSocket(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(port, address, () => {
      resolve(socket)
    })
  })
}
