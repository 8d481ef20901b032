import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * The line between Växel and Asterisk, on which a test keeps back requests of chosen calls, in the order in which they were sent. What is
 * kept back when Växel is killed never arrives, as if it had died before it sent that: so one kill finds many calls, each at a moment
 * of its own. Everything else passes: events, answers, HTTP, and requests of other calls.
 */
export interface AriLine {
  /** Where Växel is to connect, in place of this address. */
  inPlaceOf(url: string): string
  /**
   * From now on `arriving` requests about this call arrive, and those after them wait. `names`: legs and rooms of the call, as far as they are known; a
   * leg that is named together with one of them, or that nobody knows, is taken for another leg of the call that was kept back last.
   */
  keepBack(names: readonly string[], arriving: number): KeptBack
  /** Nothing is kept back any more; what waited is forgotten with the process that sent it. */
  clear(): void
  close(): void
}

export interface KeptBack {
  /** Resolves when a request waits. */
  readonly waits: Promise<void>
  /** So many requests have arrived. */
  readonly arrived: () => number
  /** So many more arrive now or when they come. */
  letPass(requests: number): void
}

interface Keeping {
  readonly names: Set<string>
  left: number
  arrived: number
  readonly waiting: (() => void)[]
  readonly tell: () => void
}

export async function openAriLine(): Promise<AriLine> {
  const sockets = new Set<Socket>()
  let target = 0
  let keeping: Keeping[] = []
  const pass = (text: string, forward: () => void): void => {
    const its = ownerOf(text, keeping)
    if (!its) forward()
    else if (its.left > 0) {
      its.left -= 1
      its.arrived += 1
      forward()
    } else {
      its.waiting.push(forward)
      its.tell()
    }
  }
  const server = createServer((vaxel) => {
    const asterisk = connect(target, '127.0.0.1')
    const ends = [vaxel, asterisk]
    for (const end of ends) {
      sockets.add(end)
      end.setNoDelay(true)
      end.on('error', () => undefined) // whoever was killed says no goodbye
      end.on('close', () => {
        sockets.delete(end)
        for (const each of ends) each.destroy()
      })
    }
    asterisk.pipe(vaxel)
    vaxel.on(
      'data',
      reader(pass, (bytes) => asterisk.write(bytes)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    inPlaceOf: (url) => {
      target = Number(new URL(url).port)
      return `http://127.0.0.1:${String(port)}`
    },
    keepBack: (names, arriving) => {
      let tell: () => void = () => undefined
      const waits = new Promise<void>((resolve) => (tell = resolve))
      const its: Keeping = { names: new Set(names), left: arriving, arrived: 0, waiting: [], tell }
      keeping = [...keeping, its]
      return {
        waits,
        arrived: () => its.arrived,
        letPass: (requests) => {
          its.left += requests
          for (; its.left > 0 && its.waiting.length > 0; its.left -= 1) {
            its.arrived += 1
            its.waiting.shift()?.()
          }
        },
      }
    },
    clear: () => {
      keeping = []
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** Asterisk's own names of channels; those that we give begin with one of them. */
const channelNames = /\b\d{10}\.\d+/g

function ownerOf(text: string, keeping: readonly Keeping[]): Keeping | undefined {
  const legs = text.match(channelNames) ?? []
  const named = keeping.find(
    ({ names }) => legs.some((leg) => names.has(leg)) || [...names].some((name) => isIn(text, name)),
  )
  const its = named ?? (legs.length > 0 ? keeping.at(-1) : undefined)
  for (const leg of legs) its?.names.add(leg)
  return its
}

/** Not `place-10` in `place-101`. */
const isIn = (text: string, name: string): boolean => {
  const at = text.indexOf(name)
  return at >= 0 && !/[\w.]/.test(text[at + name.length] ?? '')
}

/** Tells text messages of a websocket from all else that goes over the same port (RFC 6455, 5.2). Clients send ours in one frame each. */
function reader(
  pass: (text: string, forward: () => void) => void,
  write: (bytes: Buffer) => void,
): (bytes: Buffer) => void {
  let gathered = Buffer.alloc(0)
  let speaks: 'unknown' | 'http' | 'frames' = 'unknown'
  return (bytes) => {
    if (speaks === 'http') {
      write(bytes)
      return
    }
    gathered = Buffer.concat([gathered, bytes])
    if (speaks === 'unknown') {
      const end = gathered.indexOf('\r\n\r\n')
      if (end < 0) return
      speaks = /^upgrade: *websocket/im.test(gathered.toString('latin1', 0, end)) ? 'frames' : 'http'
      const head = speaks === 'frames' ? end + 4 : gathered.length
      write(gathered.subarray(0, head))
      gathered = gathered.subarray(head)
    }
    for (
      let size = frameSize(gathered);
      size !== undefined && size <= gathered.length;
      size = frameSize(gathered)
    ) {
      const frame = gathered.subarray(0, size)
      gathered = gathered.subarray(size)
      const forward = (): void => {
        write(frame)
      }
      if (frame[0] === finalText) pass(textOf(frame), forward)
      else forward()
    }
  }
}

const finalText = 0x81
const maskLength = 4

/** Bytes before the mask. */
const headOf = (frame: Buffer): number => ({ 126: 4, 127: 10 })[(frame[1] ?? 0) & 0x7f] ?? 2

/** Undefined: its head is not there yet. */
function frameSize(bytes: Buffer): number | undefined {
  if (bytes.length < 2 || bytes.length < headOf(bytes)) return undefined
  const head = headOf(bytes)
  const length =
    head === 2
      ? (bytes[1] ?? 0) & 0x7f
      : head === 4
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2))
  const mask = ((bytes[1] ?? 0) & 0x80) === 0 ? 0 : maskLength
  return head + mask + length
}

function textOf(frame: Buffer): string {
  const start = headOf(frame) + maskLength
  const text = Buffer.from(frame.subarray(start))
  for (let index = 0; index < text.length; index += 1)
    text[index] = (text[index] ?? 0) ^ (frame[start - maskLength + (index % maskLength)] ?? 0)
  return text.toString('utf8')
}
