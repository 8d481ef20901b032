import type { PbxEvent } from '../../ports/pbx.js'
import type { Book } from './book.js'
import type { AriConnection } from './connection.js'

/**
 * While the connection was away, sounds and recordings may have ended untold. Asks for each of them and tells what is over,
 * so that nobody waits for an event that was lost. What the connection says when it drops again is left to the next time.
 */
export async function afterGap(
  connection: AriConnection,
  book: Book,
  tell: (event: PbxEvent) => void,
): Promise<void> {
  const isOver = async (ask: ReturnType<AriConnection['call']>): Promise<boolean> => {
    try {
      return (await ask).status === 404
    } catch {
      return false
    }
  }
  const playings = book.allPlayings().map(async ([playback, { asteriskId }]) => {
    const over = await isOver(connection.call('playbacks.get', { playbackId: asteriskId }))
    if (over && book.endPlaying(playback)) tell({ kind: 'played', playback, complete: false })
  })
  const recordings = book.allRecordings().map(async ([leg, { name }]) => {
    if (!(await isOver(connection.call('recordings.getLive', { recordingName: name })))) return
    if (book.find(leg)?.recording?.name !== name) return
    const stored = !(await isOver(connection.call('recordings.getStored', { recordingName: name })))
    book.endRecording(leg)
    tell({ kind: 'recorded', recording: name, seconds: 0, ok: stored })
  })
  await Promise.all([...playings, ...recordings])
}
