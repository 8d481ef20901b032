import type { Milliseconds } from '../domain/ids.js'
import type { Logger } from '../ports/log.js'
import { MailRefused, type MailAttachment, type Mailer } from '../ports/mail.js'
import type { Recordings } from '../ports/recordings.js'
import type { OutboxItem, OutboxStore } from '../ports/stores.js'
import type { Scope } from '../runtime/scope.js'

/** How often the outbox is looked at. */
const every: Milliseconds = 5_000
const atOnce = 20
/** S-05: after 1, 5, 15 and then every 60 minutes, for a day. */
const retries: readonly Milliseconds[] = [1, 5, 15, 60].map((minutes) => minutes * 60_000)
const longest = retries.length + 24

interface Delivering {
  readonly outbox: OutboxStore
  readonly mailer: Mailer
  readonly recordings: Recordings
  readonly log: Logger
}

/** Sends what waits in the outbox, for ever. A mail that was sent but not crossed off is sent again with the same id (S-05). */
export async function deliverMail(scope: Scope, deps: Delivering): Promise<never> {
  for (;;) {
    try {
      const due = await scope.of(deps.outbox.due(scope.clock.now(), atOnce))
      for (const { company, item } of due) await scope.of(deliver(company, item, scope, deps))
    } catch (error) {
      if (scope.cancelled) throw error
      deps.log.warn('the outbox could not be read', { error })
    }
    await scope.sleep(every)
  }
}

async function deliver(
  company: Parameters<OutboxStore['done']>[0],
  item: OutboxItem,
  scope: Scope,
  deps: Delivering,
): Promise<void> {
  try {
    await deps.mailer.send({ ...item, attachments: await attachmentsOf(item, deps) })
    await deps.outbox.done(company, item.id)
  } catch (error) {
    const hopeless = (error instanceof MailRefused && error.permanent) || item.attempts >= longest
    deps.log.error(hopeless ? 'a mail was given up' : 'a mail could not be sent and is tried again', {
      mail: item.id,
      error,
    })
    if (hopeless) await deps.outbox.done(company, item.id)
    else
      await deps.outbox.retryAt(company, item.id, scope.clock.now() + (retries[item.attempts] ?? 3_600_000))
  }
}

/** A recording that was deleted meanwhile is left out; the mail still tells of the message. */
async function attachmentsOf(item: OutboxItem, deps: Delivering): Promise<readonly MailAttachment[]> {
  if (!item.attachment) return []
  const content = await deps.recordings.read(item.attachment.recording)
  return content === undefined ? [] : [{ fileName: item.attachment.fileName, type: 'audio/wav', content }]
}
