import type { Company, Person } from '../domain/directory/company.js'
import { ownRole } from '../domain/directory/profile.js'
import type { Extension } from '../domain/ids.js'
import { personName } from '../domain/speech/names.js'
import { joined, type Phrase, type Sentence } from '../domain/speech/phrase.js'
import { say } from '../domain/speech/tongue.js'
import type { TextKey } from '../domain/speech/text-keys.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'
import { askForDigits, refuse } from './speak.js'

/** Whose absence is spoken of, and who speaks. */
export interface Whose {
  readonly person: Person
  readonly actor: Person
  /** The person's own word, or that of somebody with a grant. */
  readonly source: 'person' | 'deputy'
  readonly means: 'keypad' | 'service-number'
}

/** H-14: five wrong tries within ten minutes lock for fifteen. */
const guessing = { tries: 5, within: 600_000, lock: 900_000 }

/** The absence of whoever keys. */
export const own = (actor: Person, means: Whose['means']): Whose => ({
  person: actor,
  actor,
  source: 'person',
  means,
})

/**
 * The absence of the person at `extension`, if the one who keys may touch it (H-13): by a role or a deputy grant; else, from
 * somebody else's phone, by the person's own PIN, and then it counts as the person's own word.
 * Undefined: it was refused, and the call is over.
 */
export async function ofAnother(
  call: Call,
  actor: Person,
  extension: Extension | string,
  means: Whose['means'],
  scope: Scope,
  deps: Deps,
): Promise<Whose | undefined> {
  const person = call.directory.extension(call.company.company, extension)
  if (!person) return refused(call, 'refuse/no-such-person', scope, deps)
  if (person.id === actor.id) return own(actor, means)
  if (await isLocked(call, lockKey(call), scope, deps)) return refused(call, 'refuse/locked', scope, deps)
  if (maySet(call.company, actor, person)) return { person, actor, source: 'deputy', means }
  if (person.pin === undefined) {
    deps.log.warn('an absence of somebody else was keyed without permission', {
      call: call.id,
      actor: actor.id,
      person: person.id,
    })
    const locked = await isLockedByFailure(call, scope, deps)
    await refuse(call, afterFailure(call, 'refuse/not-allowed', locked), scope, deps)
    return undefined
  }
  if (!(await knowsPin(call, person, scope, deps))) return undefined
  return { person, actor: person, source: 'person', means }
}

/** G-03, H-14: asks for the person's PIN; each wrong one counts, also towards the lock. False: refused, the call is over. */
async function knowsPin(call: Call, person: Person, scope: Scope, deps: Deps): Promise<boolean> {
  const { company, settings } = call.company
  let question = say(call.tongue, 'enter/pin')
  for (let tries = 1; ; tries += 1) {
    const pin = await askForDigits(call, question, scope, deps)
    if (pin !== undefined && pin === person.pin) {
      await scope.of(deps.stores.attempts.succeeded(company, lockKey(call)))
      return true
    }
    deps.log.warn('a wrong PIN was keyed', { call: call.id, person: person.id })
    const locked = await isLockedByFailure(call, scope, deps)
    if (locked || tries === settings.attempts) {
      await refuse(call, afterFailure(call, 'refuse/wrong-pin', locked), scope, deps)
      return false
    }
    question = joined(say(call.tongue, 'refuse/wrong-pin'), say(call.tongue, 'enter/pin'))
  }
}

function maySet(company: Company, actor: Person, person: Person): boolean {
  if (actor.deputyFor.includes('*') || actor.deputyFor.includes(person.id)) return true
  return actor.role !== undefined && ownRole(company, actor.role)?.mayDeputise === true
}

/** Counts one more failure; true when that was one too many. */
async function isLockedByFailure(call: Call, scope: Scope, deps: Deps): Promise<boolean> {
  const { lockedUntil } = await scope.of(
    deps.stores.attempts.failed(call.company.company, lockKey(call), deps.clock.now(), guessing),
  )
  return lockedUntil !== undefined
}

function afterFailure(
  call: Call,
  text: Extract<TextKey, 'refuse/not-allowed' | 'refuse/wrong-pin'>,
  locked: boolean,
): Sentence {
  const words = say(call.tongue, text)
  return locked ? joined(words, say(call.tongue, 'refuse/locked')) : words
}

async function refused(
  call: Call,
  text: Extract<TextKey, 'refuse/no-such-person' | 'refuse/locked'>,
  scope: Scope,
  deps: Deps,
): Promise<undefined> {
  await refuse(call, say(call.tongue, text), scope, deps)
  return undefined
}

async function isLocked(call: Call, who: string, scope: Scope, deps: Deps): Promise<boolean> {
  const until = await scope.of(deps.stores.attempts.lockedUntil(call.company.company, who, deps.clock.now()))
  return until !== undefined
}

/** Tries are counted against the phone or the number outside. */
const lockKey = (call: Call): string =>
  call.origin.kind === 'phone'
    ? `phone:${call.origin.device.name}`
    : `number:${call.origin.number ?? 'withheld'}`

/**
 * H-15: the person who calls the service number: known by the number shown AND their PIN. Undefined: refused, the call is over.
 */
export async function knownFromOutside(call: Call, scope: Scope, deps: Deps): Promise<Person | undefined> {
  const { origin } = call
  const person =
    origin.kind === 'phone'
      ? origin.person
      : call.company.people.find(
          ({ callsFrom }) => origin.number !== undefined && callsFrom.includes(origin.number),
        )
  if (person?.pin === undefined) {
    await refuse(call, say(call.tongue, 'service/unknown-caller'), scope, deps)
    return undefined
  }
  if (await isLocked(call, lockKey(call), scope, deps)) return refused(call, 'refuse/locked', scope, deps)
  return (await knowsPin(call, person, scope, deps)) ? person : undefined
}

export function nameOfPerson(call: Call, person: Person): Phrase {
  return personName(call.tongue, {
    company: call.company.company,
    person: person.id,
    name: person.name,
    extension: person.extension,
  })
}
