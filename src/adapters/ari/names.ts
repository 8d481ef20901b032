import type { DeviceName, LegId } from '../../domain/ids.js'
import type { Notes } from '../../ports/pbx.js'

/** One channel or bridge variable for each note, so that notes can be set one by one and read in Asterisk's own tools. */
const prefix = 'VAXEL_NOTE_'

/** Marks a leg that we created: unlike others it ends with `ChannelDestroyed`, and that event tells why. */
export const createdMark = 'VAXEL_CREATED'

export type Variables = Readonly<
  Record<string, string | { readonly value: string; readonly report_events: true }>
>

/** @throws Error for a key that cannot be the name of a variable; a fault in our own code */
export function noteVariables(
  notes: Notes,
): Record<string, { readonly value: string; readonly report_events: true }> {
  return Object.fromEntries(
    Object.entries(notes).map(([key, value]) => {
      if (!/^\w+$/.test(key)) throw new Error(`a note cannot be named ${JSON.stringify(key)}`)
      return [`${prefix}${key}`, { value, report_events: true } as const]
    }),
  )
}

export function notesOf(variables: Readonly<Record<string, string>>): Notes {
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([name, value]) => name.startsWith(prefix) && value !== '')
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
}

/** `PJSIP/anna-fast-0000002a` belongs to `anna-fast`. */
export function deviceOf(channelName: string): DeviceName | undefined {
  return /^PJSIP\/(.+)-[0-9a-f]{8}$/.exec(channelName)?.[1] as DeviceName | undefined
}

/** `Local/102@vaxel-transfer-00000003;1` and `…;2` are the two halves of one pair. */
export function pairOf(channelName: string): string | undefined {
  return channelName.startsWith('Local/') ? /^(Local\/.+);[12]$/.exec(channelName)?.[1] : undefined
}

/** `Snoop/1795304026.0-00000001` speaks to the channel `1795304026.0`. */
export function earOf(channelName: string): LegId | undefined {
  if (!channelName.startsWith('Snoop/')) return undefined
  return /^Snoop\/(.+)-[0-9a-f]{8}$/.exec(channelName)?.[1] as LegId | undefined
}
