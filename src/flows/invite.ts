import type { Person } from '../domain/directory/company.js'
import type { PersonId } from '../domain/ids.js'
import type { Decision } from '../domain/routing/decision.js'
import { route } from '../domain/routing/route.js'
import type { Sentence } from '../domain/speech/phrase.js'
import { say, type Tongue } from '../domain/speech/tongue.js'
import type { TalkEvent } from '../domain/talk/events.js'
import type { Callee, Invitation } from '../domain/talk/talk.js'
import type { LegEnd } from '../ports/pbx.js'
import type { Scope } from '../runtime/scope.js'
import { sentenceOf } from './announce.js'
import { ringBells, type Bell } from './bells.js'
import type { Call, Deps } from './call.js'
import type { Leg } from './exchange.js'
import type { Pickup } from './pickups.js'
import { wordsFor } from './refuse-call.js'
import { isTalking, questionOf } from './situation.js'
import { invitedInstead, takeIn } from './take-in.js'
import { keepTrace } from './trace.js'

/** Who invites, from which leg. */
export interface Inviter {
  readonly person: Person
  readonly leg: Leg
  readonly tongue: Tongue
}

/** Somebody who may be called now, or why not in words. */
export type Found = { readonly callee: Callee } | { readonly refused: Sentence }

/**
 * I-04, I-05: who is meant by what was keyed, by the same rules as a call from the inviter's phone: the grey list, absence and
 * diversions hold here as well. Nothing has been dialled yet when it is refused.
 */
export function findCallee(call: Call, inviter: Inviter, dialled: string, deps: Deps): Found {
  const asked: Call = { ...call, leg: inviter.leg, tongue: inviter.tongue, transferredBy: inviter.person }
  const decision = keepTrace(asked, route(questionOf(asked, dialled, deps)), deps)
  switch (decision.to) {
    case 'ring':
      return { callee: calleeOf(call, decision.person, dialled, decision.devices) }
    case 'reception': {
      const [first] = decision.phones
      if (!first) return { refused: say(inviter.tongue, 'talk/not-reachable') }
      const devices = decision.phones.map(({ device }) => device)
      return { callee: calleeOf(call, first.person, dialled, devices) }
    }
    case 'external':
      return {
        callee: {
          dialled,
          number: decision.number,
          devices: [],
          outside: { number: decision.number, shown: decision.shown },
        },
      }
    case 'announce': {
      const person = call.directory.person(call.company.company, decision.person)
      return person
        ? { refused: sentenceOf({ ...asked, arrivedAt: deps.clock.now() }, person, decision) }
        : { refused: say(inviter.tongue, 'talk/not-reachable') }
    }
    case 'voicemail':
      return {
        refused: say(
          inviter.tongue,
          isBusy(asked, decision.person, deps) ? 'talk/busy' : 'talk/not-reachable',
        ),
      }
    case 'reject':
      return { refused: say(inviter.tongue, wordsFor(decision.why)) }
    case 'callback':
    case 'queueCallback':
    case 'menu':
    case 'queue':
    case 'emergency':
    case 'feature':
    case 'service':
      return { refused: say(inviter.tongue, 'talk/invalid-number') }
    default:
      return decision satisfies never
  }
}

function calleeOf(
  call: Call,
  id: PersonId,
  dialled: string,
  devices: Extract<Decision, { to: 'ring' }>['devices'],
): Callee {
  const person = call.directory.person(call.company.company, id)
  return { dialled, person: id, name: person?.name, number: person?.extension ?? dialled, devices }
}

function isBusy(call: Call, id: PersonId, deps: Deps): boolean {
  const person = call.directory.person(call.company.company, id)
  return person !== undefined && isTalking(call, person, deps)
}

/** Rings whom an invitation is for until they or a colleague (`*8*EXT#`) answer, and tells the talk what came of it. The phone shows who invites (C-02: and as what). */
export async function ringInvited(
  call: Call,
  invitation: Invitation,
  inviter: Leg,
  shown: { readonly name?: string | undefined; readonly number: string },
  tell: (event: TalkEvent) => Promise<unknown>,
  scope: Scope,
  deps: Deps,
): Promise<void> {
  const { callee, count, dialled, until } = invitation
  const declined: LegEnd[] = []
  let answered = false
  let pickedUp = false
  const end = await scope.race({
    rung: (ringing) =>
      ringBells(
        { ...call, leg: inviter },
        {
          bells: bellsOf(call, callee),
          seconds: Math.max(1, Math.ceil((until - deps.clock.now()) / 1000)),
          dialled,
          name: `i${String(count)}`,
          shown,
          // Noted before they ring: a later run of the process does not dial again.
          onMade: async () => {
            await tell({ kind: 'dialled' })
          },
          stopped: () => (pickedUp ? 'answeredElsewhere' : 'noAnswer'),
          // Told at that very moment: from now on the leg is the talk's, also when the ringing is stopped just now.
          onAnswered: (leg) => {
            answered = true
            void tell({ kind: 'answered', leg: leg.id })
          },
          // A phone that says busy once it rang was told to; one that never rang is in use.
          onEnded: (ended, rang) => {
            if (ended === 'rejected' || (ended === 'busy' && rang)) declined.push(ended)
          },
        },
        () => Promise.resolve(),
        ringing,
        deps,
      ),
    pickedUp: async (waiting): Promise<Pickup> => {
      // A coach was asked for themselves.
      if (invitation.as === 'coach' || callee.person === undefined) return waiting.forever()
      const pickup = await deps.pickups.taker(call.company.company, [callee.person], waiting)
      scope.defer(() => {
        pickup.turnAway('ended')
      })
      if (answered) {
        pickup.turnAway('taken')
        return waiting.forever()
      }
      pickedUp = true
      return pickup
    },
  })
  if (end.won === 'pickedUp') {
    const isHere = await takeIn(call, end.value, 'invited', scope, deps)
    await tell(isHere ? invitedInstead(end.value.leg, deps) : { kind: 'notCome', why: 'noAnswer' })
    return
  }
  if ('noLuck' in end.value)
    await tell({ kind: 'notCome', why: declined.length > 0 ? 'declined' : end.value.noLuck })
}

function bellsOf(call: Call, { devices, outside }: Callee): readonly Bell[] {
  const { trunk } = call.company
  if (!outside) return devices.map((device) => ({ kind: 'device', device }))
  if (!trunk) return []
  return [{ kind: 'trunk', trunk: trunk.name, number: outside.number, shown: { number: outside.shown } }]
}
