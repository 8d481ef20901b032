/**
 * `make`, carried out once for each thing: for what follows from something that never changes (a company, a person, a table) and
 * is asked for in every call. What was made goes with the thing.
 */
export function oncePer<Thing extends object, Made extends object>(
  make: (thing: Thing) => Made,
): (thing: Thing) => Made {
  const known = new WeakMap<Thing, Made>()
  return (thing) => {
    const found = known.get(thing)
    if (found) return found
    const made = make(thing)
    known.set(thing, made)
    return made
  }
}

/** `make`, with the answers to the last `limit` texts remembered, in the order in which they were first asked for. */
export function remembering<Made>(limit: number, make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, { readonly made: Made }>()
  return (text) => {
    const found = known.get(text)
    if (found) return found.made
    const made = make(text)
    const [oldest] = known.keys()
    if (known.size >= limit && oldest !== undefined) known.delete(oldest)
    known.set(text, { made })
    return made
  }
}
