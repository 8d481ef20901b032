import type { OnCall } from './fake-exchange.js'

/** Holds one kind of command back until it is let go. */
export interface Gate {
  hold(): void
  letGo(): void
  readonly onCall: OnCall
}

export function gate(name: string, moment: 'before' | 'after'): Gate {
  let closed = false
  const held: (() => void)[] = []
  return {
    hold: () => {
      closed = true
    },
    letGo: () => {
      closed = false
      for (const go of held.splice(0)) go()
    },
    onCall: (called, when) =>
      called === name && when === moment && closed
        ? new Promise<void>((resolve) => held.push(resolve))
        : undefined,
  }
}
