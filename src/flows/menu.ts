import type { AskMenu } from '../domain/routing/decision.js'
import type { Menu } from '../domain/directory/menu-schema.js'
import { companyMenu, languageOfMenu } from '../domain/speech/company-menu.js'
import { joined } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { keepPhase } from './phase.js'
import type { Step } from './reach.js'
import { askForKey } from './speak.js'

/**
 * Knappval: the caller hears what can be chosen and keys it, at any time. Two keys that lead nowhere, or none at all, and the
 * rules lead on. A restart says the menu again; when the call arrived stays known, so that closing time does not catch it here (O-05).
 */
export async function askMenu(call: Call, decision: AskMenu, scope: Scope, deps: Deps): Promise<Step> {
  const menu = call.company.menus.find(({ id }) => id === decision.menu)
  if (!menu) return 'failed'
  // The menu is asked for at once, behind the answer: the exchange carries them out in this order.
  scope.spawn('answer', (answering) => deps.exchange.answer(answering, call.leg))
  await keepPhase(call, { at: 'carryingOut', decision }, scope, deps)
  const language = languageOfMenu(call.company, menu, call.tongue.language)
  const spoken: Call = { ...call, tongue: deps.tongues[language] }
  const offer = companyMenu(call.company, menu, language)
  const silence = (menu.seconds ?? call.company.settings.menuSeconds) * 1000
  const first = await askForKey(spoken, offer, silence, scope, deps)
  if (first === undefined) return 'noKey'
  if (leadsOn(menu, first)) return `key ${first}`
  const again = joined(say(spoken.tongue, 'refuse/wrong-key'), offer)
  const second = await askForKey(spoken, again, silence, scope, deps)
  if (second === undefined) return 'noKey'
  return leadsOn(menu, second) ? `key ${second}` : 'wrongKeys'
}

/** 0 leads to the reception from every menu. */
const leadsOn = (menu: Menu, key: string): boolean => key === '0' || Object.hasOwn(menu.keys, key)
