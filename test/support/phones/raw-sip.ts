import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { headerValue, parseSip, sequenceMethod } from './sip-message.js'

/** What became of a raw call: the final status, or `silence` when nothing final came in time. */
export type RawOutcome = number | 'silence'

export interface RawCalls {
  readonly port: number
  /** Sends an INVITE with this user part as it stands; a call that is answered is hung up after `talkMs`. */
  readonly invite: (userPart: string, options?: RawInvite) => Promise<RawOutcome>
  /** Sends these bytes. */
  readonly send: (bytes: string | Buffer) => void
  readonly close: () => Promise<void>
}

export interface RawInvite {
  /** Number in From. */
  readonly from?: string
  /** BYE this long after the answer; default at once. */
  readonly talkMs?: number
  /** CANCEL this long after the INVITE if there is no final answer by then. */
  readonly cancelAfterMs?: number
  /** How long to wait for a final answer; default 8 s. */
  readonly patienceMs?: number
}

/** A caller that says exactly what it is told to, at an address that the exchange knows as a trunk: no password is asked for. */
export async function rawCalls(
  address: string,
  exchange: { address: string; port: number },
): Promise<RawCalls> {
  const socket = await bound(address)
  const { port } = socket.address()
  const listeners = new Map<string, (text: string) => void>()
  socket.on('message', (bytes: Buffer) => {
    const text = bytes.toString('utf8')
    const message = parseSip(text)
    const id = headerValue(message, 'Call-ID') ?? ''
    if (message.method !== undefined && message.method !== 'ACK') send(answerTo(text))
    else listeners.get(id)?.(text)
  })
  const send = (bytes: string | Buffer): void => {
    socket.send(bytes, exchange.port, exchange.address)
  }
  return {
    port,
    send,
    invite: (userPart, options = {}) => call(userPart, options, { address, port, exchange, send, listeners }),
    close: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve()
        })
      }),
  }
}

interface Line {
  readonly address: string
  readonly port: number
  readonly exchange: { readonly address: string; readonly port: number }
  readonly send: (text: string) => void
  readonly listeners: Map<string, (text: string) => void>
}

function call(userPart: string, options: RawInvite, line: Line): Promise<RawOutcome> {
  const id = randomBytes(12).toString('hex')
  const tag = randomBytes(6).toString('hex')
  const branch = `z9hG4bK${randomBytes(8).toString('hex')}`
  const host = `${line.exchange.address}:${String(line.exchange.port)}`
  const uri = userPart === '' ? `sip:${host}` : `sip:${userPart}@${host}`
  const body = [
    'v=0',
    `o=- 1 1 IN IP4 ${line.address}`,
    's=-',
    `c=IN IP4 ${line.address}`,
    't=0 0',
    'm=audio 40000 RTP/AVP 8',
    'a=rtpmap:8 PCMA/8000',
    '',
  ].join('\r\n')
  const request = (method: string, sequence: number, to: string, via: string, content = ''): string =>
    [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${line.address}:${String(line.port)};branch=${via};rport`,
      'Max-Forwards: 70',
      `From: <sip:${options.from ?? '+46701740630'}@${line.address}>;tag=${tag}`,
      `To: ${to}`,
      `Call-ID: ${id}`,
      `CSeq: ${String(sequence)} ${method}`,
      `Contact: <sip:raw@${line.address}:${String(line.port)}>`,
      ...(content === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${String(Buffer.byteLength(content))}`,
      '',
      content,
    ].join('\r\n')
  const plainTo = `<${uri}>`
  return new Promise((resolve) => {
    let over = false
    const end = (outcome: RawOutcome): void => {
      if (over) return
      over = true
      clearTimeout(patience)
      clearTimeout(cancel)
      resolve(outcome)
    }
    const patience = setTimeout(() => {
      end('silence')
    }, options.patienceMs ?? 8_000)
    const cancel = setTimeout(() => {
      line.send(request('CANCEL', 1, plainTo, branch))
    }, options.cancelAfterMs ?? 2_000_000)
    line.listeners.set(id, (text) => {
      const message = parseSip(text)
      const { status } = message
      if (status === undefined || status < 200 || sequenceMethod(message) !== 'INVITE') return
      const to = headerValue(message, 'To') ?? plainTo
      if (status >= 300) {
        line.send(request('ACK', 1, to, branch))
        end(status)
        return
      }
      line.send(request('ACK', 1, to, `${branch}a`))
      if (over) return
      setTimeout(() => {
        line.send(request('BYE', 2, to, `${branch}b`))
        end(status)
      }, options.talkMs ?? 0)
      clearTimeout(patience)
    })
    line.send(request('INVITE', 1, plainTo, branch, body))
  })
}

/** 200 to whatever the exchange asks: BYE, OPTIONS. */
function answerTo(text: string): string {
  const keep = text
    .split('\r\n')
    .filter((header) => /^(Via|From|To|Call-ID|CSeq):/i.test(header))
    .join('\r\n')
  return `SIP/2.0 200 OK\r\n${keep}\r\nContent-Length: 0\r\n\r\n`
}

function bound(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, address, () => {
      resolve(socket)
    })
  })
}
