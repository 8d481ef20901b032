import { WebSocket } from 'ws'
import type { Exchange } from './exchange.js'

/** An event of Asterisk, as far as tests look at it. */
export interface WatchedEvent {
  readonly type: string
  readonly variable?: string
  readonly value?: string
  readonly digit?: string
  readonly channel?: { readonly id: string; readonly state: string }
  readonly bridge?: { readonly id: string; readonly channels: readonly string[] }
  readonly playback?: { readonly media_uri: string; readonly target_uri: string }
  readonly recording?: { readonly name: string }
}

/** Hears everything Asterisk tells of its calls, beside Växel and without its knowledge. */
export interface AriWatch {
  /** The first event from now on that fits. */
  next(what: string, fits: (event: WatchedEvent) => boolean, withinMs?: number): Promise<WatchedEvent>
  /** All so far, oldest first. */
  readonly events: readonly WatchedEvent[]
  close(): void
}

export async function watchAri({ ari }: Pick<Exchange, 'ari'>): Promise<AriWatch> {
  const key = `${ari.user}:${ari.password}`
  const query = `app=watch&subscribeAll=true&api_key=${encodeURIComponent(key)}`
  const socket = new WebSocket(`${ari.url.replace('http', 'ws')}/ari/events?${query}`)
  const events: WatchedEvent[] = []
  const watchers = new Set<(event: WatchedEvent) => void>()
  socket.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString('utf8')) as WatchedEvent
    events.push(event)
    for (const watcher of [...watchers]) watcher(event)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    events,
    next: (what, fits, withinMs = 20_000) =>
      new Promise((resolve, reject) => {
        const from = events.length
        const look = (event: WatchedEvent): void => {
          if (!fits(event)) return
          clearTimeout(timer)
          watchers.delete(look)
          resolve(event)
        }
        const timer = setTimeout(() => {
          watchers.delete(look)
          const told = events.slice(from).map(described).join('\n')
          reject(new Error(`waited ${String(withinMs)} ms for ${what}. Asterisk told:\n${told}`))
        }, withinMs)
        watchers.add(look)
      }),
    close: () => {
      socket.close()
    },
  }
}

function described({ type, variable, value, digit, channel, playback }: WatchedEvent): string {
  const media = playback && `${playback.media_uri} to ${playback.target_uri}`
  return [type, channel?.id, channel?.state, variable, value, digit, media].filter(Boolean).join(' ')
}
