import type { AskMenu, Outcome } from './decision.js'
import { receptionOrMailbox } from './reception.js'
import { followDestination, type Step } from './target.js'
import type { Inquiry } from './tracer.js'

/** Where a caller goes after a menu: by the key, or without one; 0 is the reception unless the menu says otherwise. */
export function afterMenu(question: Inquiry, { menu: id, journey }: AskMenu, outcome: Outcome): Step {
  const menu = question.company.menus.find((candidate) => candidate.id === id)
  if (menu === undefined) return receptionOrMailbox(question, journey)
  if (outcome === 'noKey') return followDestination(question, menu.noKey, journey)
  if (outcome === 'wrongKeys') return followDestination(question, menu.wrongKeys, journey)
  const key = outcome.startsWith('key ') ? outcome.slice('key '.length) : undefined
  const chosen = key !== undefined && Object.hasOwn(menu.keys, key) ? menu.keys[key] : undefined
  question.tracer.note('R-04 key', { menu: id, key }, chosen === undefined ? 'reception' : 'chosen')
  return chosen === undefined
    ? receptionOrMailbox(question, journey)
    : followDestination(question, chosen, journey)
}
