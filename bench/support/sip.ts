/** As little of SIP (RFC 3261) as a caller needs who only calls, listens and hangs up. */
export interface SipMessage {
  /** Of a response; undefined for a request. */
  readonly status?: number | undefined
  /** Of a request, or the one a response belongs to (CSeq). */
  readonly method: string
  readonly callId: string
  readonly header: (name: string) => string | undefined
  readonly body: string
}

export function parseSip(data: Buffer): SipMessage {
  const text = data.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text : text.slice(0, end)
  const [first = '', ...lines] = head.split('\r\n')
  const header = (name: string): string | undefined => {
    const start = `${name.toLowerCase()}:`
    return lines
      .find((line) => line.toLowerCase().startsWith(start))
      ?.slice(start.length)
      .trim()
  }
  const status = first.startsWith('SIP/2.0 ') ? Number(first.slice(8, 11)) : undefined
  return {
    status,
    method: status === undefined ? first.slice(0, first.indexOf(' ')) : (header('CSeq')?.split(' ')[1] ?? ''),
    callId: header('Call-ID') ?? '',
    header,
    body: end < 0 ? '' : text.slice(end + 4),
  }
}

/** Port of the first audio stream of an SDP (RFC 8866). */
export function audioPort(sdp: string): number | undefined {
  const port = /^m=audio (\d+) /m.exec(sdp)?.[1]
  return port === undefined ? undefined : Number(port)
}

/** Everything between the angle brackets of a Contact, or the whole value. */
function contactUri(contact: string): string {
  return /<([^>]+)>/.exec(contact)?.[1] ?? contact
}

export interface SipPlace {
  readonly address: string
  readonly port: number
}

export interface OutgoingCall {
  readonly callId: string
  readonly from: string
  readonly tag: string
  readonly to: string
  readonly caller: SipPlace
  readonly exchange: SipPlace
  readonly rtpPort: number
}

export function invite(call: OutgoingCall): string {
  const body = offer(call)
  return request(call, {
    method: 'INVITE',
    uri: `sip:${call.to}@${placeText(call.exchange)}`,
    branch: `${call.callId}-i`,
    sequence: 1,
    body,
  })
}

/** After a 2xx: a transaction of its own, to the Contact of the answer. After any other answer: part of the INVITE's. */
export function ack(call: OutgoingCall, answer: SipMessage): string {
  const answered = (answer.status ?? 0) < 300
  return request(call, {
    method: 'ACK',
    uri: answered ? contactUri(answer.header('Contact') ?? '') : `sip:${call.to}@${placeText(call.exchange)}`,
    branch: answered ? `${call.callId}-a` : `${call.callId}-i`,
    sequence: 1,
    toHeader: answer.header('To'),
  })
}

export function bye(call: OutgoingCall, answer: SipMessage): string {
  return request(call, {
    method: 'BYE',
    uri: contactUri(answer.header('Contact') ?? ''),
    branch: `${call.callId}-b`,
    sequence: 2,
    toHeader: answer.header('To'),
  })
}

/** 200 to a request of the exchange; to an INVITE with the same offer as at the beginning. */
export function accept(message: SipMessage, call: OutgoingCall | undefined): string {
  const body = call !== undefined && message.method === 'INVITE' ? offer(call) : ''
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(
    (name) => `${name}: ${message.header(name) ?? ''}`,
  )
  const contact = call === undefined ? [] : [`Contact: <sip:bench@${placeText(call.caller)}>`]
  return write(['SIP/2.0 200 OK', ...copied, ...contact], body)
}

interface Request {
  readonly method: string
  readonly uri: string
  readonly branch: string
  readonly sequence: number
  readonly toHeader?: string | undefined
  readonly body?: string
}

function request(
  call: OutgoingCall,
  { method, uri, branch, sequence, toHeader, body = '' }: Request,
): string {
  return write(
    [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${placeText(call.caller)};branch=z9hG4bK-${branch};rport`,
      'Max-Forwards: 70',
      `From: <sip:${call.from}@${placeText(call.caller)}>;tag=${call.tag}`,
      `To: ${toHeader ?? `<sip:${call.to}@${placeText(call.exchange)}>`}`,
      `Call-ID: ${call.callId}`,
      `CSeq: ${String(sequence)} ${method}`,
      `Contact: <sip:bench@${placeText(call.caller)}>`,
      'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE',
    ],
    body,
  )
}

function offer({ caller, rtpPort }: OutgoingCall): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${caller.address}`,
    's=-',
    `c=IN IP4 ${caller.address}`,
    't=0 0',
    `m=audio ${String(rtpPort)} RTP/AVP 8 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n')
}

function write(lines: readonly string[], body: string): string {
  const type = body === '' ? [] : ['Content-Type: application/sdp']
  return [...lines, ...type, `Content-Length: ${String(Buffer.byteLength(body))}`, '', body].join('\r\n')
}

const placeText = ({ address, port }: SipPlace): string => `${address}:${String(port)}`
