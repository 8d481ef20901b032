import type { TargetWord } from '../domain/directory/company.js'
import type { Digit } from '../domain/ids.js'
import { announcementNow, nextAnnouncementAt } from '../domain/queue/announcement.js'
import { announcementSentence, keysSentence } from '../domain/queue/said.js'
import type { Queue } from '../domain/queue/settings.js'
import { joined, type Sentence } from '../domain/speech/phrase.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import type { WaitingCaller } from './queue-floor.js'
import { speak } from './speak.js'

/**
 * What a waiting caller hears besides the music, and what the keys do. Ends with where a key leads; any
 * other key says what can be chosen, and the place is kept. `keep` keeps the ticket.
 */
export async function waitInformed(
  call: Call,
  queue: Queue,
  caller: WaitingCaller,
  keep: (scope: Scope) => Promise<void>,
  scope: Scope,
  deps: Deps,
): Promise<TargetWord> {
  let asked: Sentence | undefined
  for (;;) {
    const end = await scope.race({
      key: (keys) => call.leg.digits.take(keys),
      informed: async (informing): Promise<never> => {
        if (asked) await speak(call, asked, informing, deps)
        return inform(call, queue, caller, keep, informing, deps)
      },
    })
    const word = end.won === 'key' ? wordOf(end.value, queue) : undefined
    if (word !== undefined) return word
    asked = keysSentence(call.tongue, queue)
  }
}

/** */
function wordOf(key: Digit, { keys }: Queue): TargetWord | undefined {
  if (key === '1' && keys.message) return 'voicemail'
  if (key === '2' && keys.callback) return 'callback'
  return key === '0' && keys.reception ? 'reception' : undefined
}

/** how it stands, again and again; the first time also what the keys do. */
async function inform(
  call: Call,
  queue: Queue,
  caller: WaitingCaller,
  keep: (scope: Scope) => Promise<void>,
  scope: Scope,
  deps: Deps,
): Promise<never> {
  for (;;) {
    await scope.until(nextAnnouncementAt(caller.ticket, queue))
    const first = caller.ticket.saidAt === undefined
    const sentence = sentenceNow(call, queue, caller, deps)
    // A place that is said must be known for ever; that it was said only once it is: after a crash it is said again.
    if (sentence !== undefined) await keep(scope)
    const now = deps.clock.now()
    caller.ticket = { ...caller.ticket, saidAt: now, saidUntil: now }
    if (sentence === undefined) continue
    await speak(call, first ? joined(sentence, keysSentence(call.tongue, queue)) : sentence, scope, deps)
    caller.ticket = { ...caller.ticket, saidUntil: deps.clock.now() }
    await keep(scope)
  }
}

/** What is said now; a place that is said is never followed by a worse one. */
function sentenceNow(call: Call, queue: Queue, caller: WaitingCaller, deps: Deps): Sentence | undefined {
  const position = deps.queues.positionOf(call.company, caller.ticket)
  const lately = deps.queues.answeredLately(call.company.company, queue.id)
  const said = announcementNow(caller.ticket, position, queue, lately, deps.clock.now())
  if (said === undefined) return undefined
  if (said.position !== undefined) caller.ticket = { ...caller.ticket, saidPosition: said.position }
  return announcementSentence(call.tongue, said)
}
