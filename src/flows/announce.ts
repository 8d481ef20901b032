import type { Digit } from '../domain/ids.js'
import { absenceNote, absenceSentence, type SpokenAbsence } from '../domain/speech/absence-sentence.js'
import { menuSentence } from '../domain/speech/menu.js'
import { personName } from '../domain/speech/names.js'
import { joined, textOf, type Phrase, type Sentence } from '../domain/speech/phrase.js'
import { phraseOf, say, type Tongue } from '../domain/speech/tongue.js'
import { oncePer } from '../domain/remembered.js'
import type { Company, Person } from '../domain/directory/company.js'
import type { Announce, Menu, Outcome, Routed } from '../domain/routing/decision.js'
import { mayInsist } from '../domain/routing/person.js'
import { next } from '../domain/routing/next.js'
import { reconsider } from '../domain/routing/reconsider.js'
import { route } from '../domain/routing/route.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { noteMissed } from './missed-call.js'
import type { Step } from './reach.js'
import { questionOf } from './situation.js'
import { askForKey, speak } from './speak.js'

/**
 * Talad hänvisning: the caller hears why the person cannot be reached and until when, then chooses (H-20, H-27, H-30 to H-35, H-39).
 * A key interrupts the speech at any point.
 */
export async function announce(
  call: Call,
  dialled: string,
  decision: Announce,
  scope: Scope,
  deps: Deps,
): Promise<Step> {
  const person = call.directory.person(call.company.company, decision.person)
  if (!person) return 'failed'
  // The sentence is asked for at once, behind the answer: the exchange carries them out in this order.
  scope.beside(deps.exchange.answer(scope, call.leg))
  const begun = deps.clock.now()
  scope.defer(() => {
    noteHeard(call, decision, begun, deps)
  })
  if (call.origin.kind === 'phone') await showAbsence(call, person, decision, scope, deps)

  let key = await askForKey(call, sentenceOf(call, person, decision), 0, scope, deps)
  if (key === '1' && mayInsist(questionOf(call, dialled, deps), person)) return insist(call, dialled, deps)
  if (key === undefined) {
    const connected = await offerToConnect(call, dialled, decision, person, scope, deps)
    if (connected) return connected
  }
  for (let wrong = 0; ; wrong += 1) {
    key ??= await askForKey(
      call,
      menuOf(call, decision.menu),
      call.company.settings.menuSeconds * 1000,
      scope,
      deps,
    )
    const outcome = outcomeOf(key, decision.menu)
    if (outcome !== 'wrongKey') return outcome
    if (wrong === 1) return 'wrongKeys'
    await speak(call, say(call.tongue, 'refuse/wrong-key'), scope, deps)
    key = undefined
  }
}

/** Why the person cannot be reached, in words. */
export function sentenceOf(
  call: Pick<Call, 'tongue' | 'company' | 'arrivedAt'>,
  person: Person,
  decision: Pick<Announce, 'says'>,
): Sentence {
  const name = nameOf(call, person)
  switch (decision.says.because) {
    case 'absent':
      return absenceSentence(call.tongue, name, spokenAbsence(call, decision.says))
    case 'busy':
    case 'doNotDisturb':
      return say(call.tongue, 'call/busy', { name })
    case 'noAnswer':
      return say(call.tongue, 'call/no-answer', { name })
    case 'notReachable':
      return say(call.tongue, 'call/not-reachable', { name })
    default:
      return decision.says satisfies never
  }
}

/** H-20 and H-39: whoever may be put through after the sentence is asked; key 1 connects. Undefined: not possible or not wanted. */
async function offerToConnect(
  call: Call,
  dialled: string,
  decision: Announce,
  person: Person,
  scope: Scope,
  deps: Deps,
): Promise<Outcome | Routed | undefined> {
  const question = questionOf(call, dialled, deps)
  const over = reconsider(question, decision)
  const insisting = !over && mayInsist(question, person)
  if (!over && !insisting) return undefined
  const offer = over
    ? say(call.tongue, 'call/available-again', { name: nameOf(call, person) })
    : say(call.tongue, 'attendant/connect-anyway')
  const key = await askForKey(call, offer, call.company.settings.menuSeconds * 1000, scope, deps)
  if (key !== '1') return key === undefined ? undefined : outcomeOrUndefined(key, decision.menu)
  return over ? next(question, over.decision, 'connect') : insist(call, dialled, deps)
}

/** The second press: put through although absent. */
const insist = (call: Call, dialled: string, deps: Deps): Routed =>
  route({ ...questionOf(call, dialled, deps), insists: true })

const outcomeOrUndefined = (key: Digit, menu: Menu): Outcome | undefined => {
  const outcome = outcomeOf(key, menu)
  return outcome === 'wrongKey' ? undefined : outcome
}

/** H-34: only what is offered can be chosen. */
function outcomeOf(key: Digit | undefined, menu: Menu): Outcome | 'wrongKey' {
  if (key === undefined) return 'noKey'
  if (key === '1' && menu.message) return 'message'
  if (key === '2' && menu.callback) return 'callback'
  if (key === '3' && menu.other !== undefined) return 'other'
  if (key === '0' && menu.reception) return 'reception'
  return 'wrongKey'
}

function menuOf(call: Call, menu: Menu): Sentence {
  return menuSentence(call.tongue, { ...menu, substitute: substituteOf(call, menu) })
}

function substituteOf(call: Call, menu: Menu): Phrase | 'number' | undefined {
  if (menu.other === undefined) return undefined
  const [kind, id] = menu.other.split(':')
  const person =
    kind === 'person' && id !== undefined ? call.directory.person(call.company.company, id) : undefined
  return person ? nameOf(call, person) : 'number'
}

const nameOf = ({ company, tongue }: Pick<Call, 'tongue' | 'company'>, person: Person): Phrase =>
  spokenName(company)(tongue)(person)

const spokenName = oncePer(({ company }: Company) =>
  oncePer((tongue: Tongue) =>
    oncePer(({ id, name, extension }: Person) =>
      personName(tongue, { company, person: id, name, extension }),
    ),
  ),
)

type SaysAbsent = Extract<Announce['says'], { because: 'absent' }>

function spokenAbsence(
  call: Pick<Call, 'company' | 'arrivedAt'>,
  { absence, reason }: SaysAbsent,
): SpokenAbsence {
  const { until, returnForm } = absence
  return {
    company: call.company.company,
    reason,
    return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
    now: call.arrivedAt,
    zone: call.company.zone,
  }
}

/** H-35: a colleague who calls reads reason and return on the display; a sensitive reason only as absent (H-31). */
async function showAbsence(
  call: Call,
  person: Person,
  decision: Announce,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  if (decision.says.because !== 'absent') return
  const spoken = spokenAbsence(call, decision.says)
  const note = spoken.reason.sensitive
    ? [phraseOf(call.tongue, 'label/absent')]
    : absenceNote(call.tongue, spoken)
  const text = textOf(joined(note)).replace(/\.$/, '')
  await scope.of(
    deps.exchange.pbx.show(call.leg.id, { name: `${person.name} – ${text}`, number: person.extension }),
  )
}

/** H-30: the person learns who heard the announcement, and how much of it. */
function noteHeard(call: Call, decision: Announce, begun: number, deps: Deps): void {
  const heardSeconds = Math.round((deps.clock.now() - begun) / 1000)
  const { says } = decision
  const why = says.because === 'absent' ? 'absence' : says.because
  const absence =
    says.because === 'absent'
      ? { reason: says.reason.id, until: says.absence.until, heardSeconds }
      : undefined
  noteMissed(call, decision.person, { why, absence }, deps)
}
