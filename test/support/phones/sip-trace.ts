import { parseSip, type SipMessage } from './sip-message.js'

/**
 * Splits baresip's standard output (`-s`) into SIP messages and log lines.
 * A message is framed as ESC[36;1m#\nUDP from -> to\n MESSAGE ESC[;m\n; everything between frames is log.
 */
export type TraceItem =
  | { readonly kind: 'sip'; readonly from: string; readonly to: string; readonly message: SipMessage }
  | { readonly kind: 'log'; readonly text: string }

const OPEN = '\u001b[36;1m#\n'
const CLOSE = '\u001b[;m\n'

export function traceSplitter(): (chunk: string) => readonly TraceItem[] {
  let rest = ''
  return (chunk) => {
    rest += chunk
    const items: TraceItem[] = []
    for (;;) {
      const taken = takeOne(rest)
      if (taken === undefined) return items
      rest = taken.rest
      if (taken.item !== undefined) items.push(taken.item)
    }
  }
}

interface Taken {
  readonly item: TraceItem | undefined
  readonly rest: string
}

/** A warning's colour is switched off after its line end, so the code stands in front of whatever comes next. */
const COLOUR_OFF = '\u001b[;m'

function takeOne(text: string): Taken | undefined {
  if (text.startsWith(COLOUR_OFF)) return { item: undefined, rest: text.slice(COLOUR_OFF.length) }
  if (text.length > 0 && COLOUR_OFF.startsWith(text)) return undefined
  if (text.startsWith(OPEN)) {
    const end = text.indexOf(CLOSE, OPEN.length)
    if (end < 0) return undefined
    return { item: readFrame(text.slice(OPEN.length, end)), rest: text.slice(end + CLOSE.length) }
  }
  if (OPEN.startsWith(text)) return undefined
  const lineEnd = text.indexOf('\n')
  if (lineEnd < 0) return undefined
  const line = text.slice(0, lineEnd).replaceAll(/\u001b\[[0-9;]*m/g, '')
  return { item: line.trim() === '' ? undefined : { kind: 'log', text: line }, rest: text.slice(lineEnd + 1) }
}

function readFrame(frame: string): TraceItem {
  const lineEnd = frame.indexOf('\n')
  const [, from = '', to = ''] = /^\S+ (\S+) -> (\S+)/.exec(frame.slice(0, lineEnd)) ?? []
  return { kind: 'sip', from, to, message: parseSip(frame.slice(lineEnd + 1)) }
}
