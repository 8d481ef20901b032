/** Just enough SIP (RFC 3261) to read what a phone sent and received. Nothing here is used by the product. */

export interface SipMessage {
  readonly startLine: string
  /** Method of a request; undefined for a response. */
  readonly method: string | undefined
  /** Status of a response; undefined for a request. */
  readonly status: number | undefined
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export interface Identity {
  readonly number: string
  readonly name: string
}

export interface Cause {
  readonly protocol: string
  readonly cause: number
  readonly text: string
}

export function parseSip(text: string): SipMessage {
  const normal = text.replaceAll('\r\n', '\n')
  const split = normal.indexOf('\n\n')
  const head = split < 0 ? normal.trimEnd() : normal.slice(0, split)
  const [startLine = '', ...lines] = head.split('\n')
  const status = /^SIP\/2\.0 (\d{3})/.exec(startLine)?.[1]
  return {
    startLine,
    method: status === undefined ? startLine.split(' ')[0] : undefined,
    status: status === undefined ? undefined : Number(status),
    headers: lines.map(splitHeader),
    body: split < 0 ? '' : normal.slice(split + 2),
  }
}

function splitHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

export function headerValues(message: SipMessage, name: string): readonly string[] {
  return message.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

export function headerValue(message: SipMessage, name: string): string | undefined {
  return headerValues(message, name)[0]
}

export function callIdOf(message: SipMessage): string {
  return headerValue(message, 'Call-ID') ?? ''
}

/** Method named by CSeq: for a response, what it answers. */
export function sequenceMethod(message: SipMessage): string {
  return (headerValue(message, 'CSeq') ?? '').split(' ')[1] ?? ''
}

export function tagOf(addressHeader: string | undefined): string | undefined {
  return /;tag=([^;>\s]+)/.exec(addressHeader ?? '')?.[1]
}

/** User part of the request URI, still encoded as it came over the wire. */
export function requestUser(message: SipMessage): string {
  return /^\S+ sips?:([^@\s]*)@/.exec(message.startLine)?.[1] ?? ''
}

/** Reads `"Name" <sip:number@host>;tag=x` and its shorter forms. */
export function parseIdentity(address: string | undefined): Identity {
  const text = address ?? ''
  const number = /sips?:(?:([^@>;]*)@)?/.exec(text)?.[1] ?? ''
  const beforeUri = text.includes('<') ? text.slice(0, text.indexOf('<')).trim() : ''
  const name = beforeUri.startsWith('"') ? beforeUri.slice(1, -1).replaceAll(/\\(.)/g, '$1') : beforeUri
  return { number: decodeUser(number), name }
}

export function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    return user
  }
}

/** All Reason headers (RFC 3326), in order. */
export function causesOf(message: SipMessage): readonly Cause[] {
  return headerValues(message, 'Reason').map((value) => ({
    protocol: (value.split(';')[0] ?? '').trim(),
    cause: Number(/cause=(\d+)/.exec(value)?.[1] ?? '0'),
    text: /text="([^"]*)"/.exec(value)?.[1] ?? '',
  }))
}

/** Who a phone would show for the far end: P-Asserted-Identity, Remote-Party-ID, then From or To. */
export function shownIdentity(message: SipMessage): Identity {
  const fallback = message.method === undefined ? 'To' : 'From'
  return parseIdentity(
    headerValue(message, 'P-Asserted-Identity') ??
      headerValue(message, 'Remote-Party-ID') ??
      headerValue(message, fallback),
  )
}
