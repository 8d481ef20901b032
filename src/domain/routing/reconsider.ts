import type { Announce, Decision, Ring, Routed } from './decision.js'
import { announce } from './announce.js'
import type { Question } from './question.js'
import { inquire, type Inquiry } from './tracer.js'

/**
 * Asked when somebody's absence changed during a call, and at the end of a spoken sentence. A decision stands once made;
 * these are the only exceptions:
 * H-20 the absence ended while it was spoken: the sentence is finished, then the menu offers to connect.
 * H-22 the person set an absence while their phone rings: it stops ringing and the caller hears why. Set by others, it rings on.
 * A voice message goes on (H-21), so do a talk (H-23) and a parked call (H-24): they have no decision under way.
 * Undefined: nothing changes, also when the facts cannot be had.
 */
export function reconsider(question: Question, decision: Decision): Routed | undefined {
  const inquiry = inquire(question)
  const changed = evaluate(inquiry, decision)
  return changed === undefined
    ? undefined
    : { decision: changed, trace: inquiry.tracer.steps, alarms: inquiry.tracer.alarms }
}

function evaluate(question: Inquiry, decision: Decision): Decision | undefined {
  try {
    if (decision.to === 'announce') return offerToConnect(question, decision)
    if (decision.to === 'ring') return stopRinging(question, decision)
    return undefined
  } catch {
    return undefined
  }
}

function offerToConnect(question: Inquiry, announced: Announce): Announce | undefined {
  if (announced.says.because !== 'absent' || announced.menu.connect) return undefined
  const absent = question.situationOf(announced.person).absent
  if (absent !== undefined && !absent.reason.stillRing) return undefined
  const person = question.directory.person(question.company.company, announced.person)
  if (person === undefined || person.devices.length === 0) return undefined
  question.tracer.note('H-20', { person: announced.person }, 'offer to connect')
  return { ...announced, menu: { ...announced.menu, connect: true } }
}

/** Only a phone that rings because nothing stood against it: a VIP or somebody who insisted is not sent away. */
function stopRinging(question: Inquiry, ring: Ring): Decision | undefined {
  if (ring.as !== 'free') return undefined
  const absent = question.situationOf(ring.person).absent
  if (absent === undefined || absent.reason.stillRing || absent.absence.setBy !== ring.person)
    return undefined
  const person = question.directory.person(question.company.company, ring.person)
  if (person === undefined) return undefined
  question.tracer.note('H-22', { person: ring.person }, 'stop ringing')
  return announce(question, person, { because: 'absent', ...absent }, ring.journey)
}
