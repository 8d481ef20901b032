/** Netstrings (LENGTH:TEXT,) as baresip's ctrl_tcp speaks them. Lengths are bytes, so everything stays a Buffer until whole. */

export function encodeNetstring(text: string): Buffer {
  const body = Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.from(`${String(body.length)}:`), body, Buffer.from(',')])
}

/** A decoder that is fed chunks as they arrive and answers with the texts that became whole. */
export function netstringDecoder(): (chunk: Buffer) => readonly string[] {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const texts: string[] = []
    for (;;) {
      const colon = rest.indexOf(0x3a)
      if (colon < 0) return texts
      const length = Number(rest.toString('latin1', 0, colon))
      if (!Number.isInteger(length)) throw new Error(`not a netstring: ${rest.toString('utf8', 0, 40)}`)
      if (rest.length < colon + length + 2) return texts
      texts.push(rest.toString('utf8', colon + 1, colon + 1 + length))
      rest = rest.subarray(colon + length + 2)
    }
  }
}
