import type { TalkVerb } from '../../../src/domain/talk/verbs.js'
import type { HeldTalk, NotTalked, TalkOperations } from '../../../src/ports/operations.js'

/** One talk in memory: Maria's, with a customer. A third may come once. */
export function talkingDesk() {
  const asked: TalkVerb[] = []
  const watchers = new Set<() => void>()
  let third = false
  const talk = (): HeldTalk => ({
    conversation: 'in-1',
    state: third ? 'threeWay' : 'two',
    parties: [
      { role: 'customer', number: '+46701740630', aside: false },
      { role: 'agent', person: 'maria' as never, name: 'Maria', number: '101', aside: false },
      ...(third ? [{ role: 'invited' as const, number: '102', aside: false }] : []),
    ],
  })
  const refusal = (verb: TalkVerb): { readonly refused: NotTalked; readonly words?: string } | undefined => {
    if (verb.kind === 'invite' && third) return { refused: 'full', words: 'Ni är redan tre i samtalet.' }
    if (verb.kind === 'switch' && !third) return { refused: 'nobodyInvited' }
    if (verb.kind === 'bargeIn') return { refused: 'mayNotBargeIn' }
    return undefined
  }
  const operations: TalkOperations = {
    talks: () => [talk()],
    watchTalks: (_company, listener) => {
      watchers.add(listener)
      return () => void watchers.delete(listener)
    },
    act: (_company, from, verb) => {
      if (from.kind === 'device') return Promise.resolve({ refused: 'noSuchDevice' })
      if (from.person !== 'maria') return Promise.resolve({ refused: 'noTalk' })
      const refused = refusal(verb)
      if (refused) return Promise.resolve(refused)
      asked.push(verb)
      if (verb.kind === 'invite') third = true
      for (const watcher of [...watchers]) watcher()
      return Promise.resolve('done')
    },
  }
  return { operations, asked }
}
