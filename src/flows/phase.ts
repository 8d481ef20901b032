import { z } from 'zod'
import type { AgentId, LegId, PersonId } from '../domain/ids.js'
import type { CallbackTicket } from '../domain/queue/callback.js'
import type { Ticket } from '../domain/queue/ticket.js'
import type { ParkedCall } from '../ports/park-store.js'
import type { LegInfo, Notes } from '../ports/pbx.js'
import type { Decision } from '../domain/routing/decision.js'
import type { Scope } from '../runtime/scope.js'
import type { Call, Deps } from './call.js'

/**
 * How far a call has come, kept on the caller's leg by the exchange itself, so that the next run of the process can go on from
 * there even when everything else is lost (M-06). A call without a phase is begun anew: nothing it did so far needs to be known.
 */
export type Phase =
  /**
   * The phones of a decision ring, or somebody answered; whoever did is in the call's room. `wasUp`: the caller's leg was
   * answered before they rang, so that it being up says nothing about whether they talked.
   */
  | { readonly at: 'ringing'; readonly decision: Decision; readonly wasUp: boolean }
  /** Noted only for a caller who was up before the phones rang. */
  | { readonly at: 'talking'; readonly decision: Decision }
  /** A later decision of the call is being carried out from its beginning. */
  | { readonly at: 'carryingOut'; readonly decision: Decision }
  /** What the caller says is being recorded for a mailbox. */
  | { readonly at: 'recording'; readonly decision: Decision }
  /** On a park place; the record as it was when the call was parked, should the store lose its own (M-06). */
  | { readonly at: 'parked'; readonly record: ParkedCall }
  /** Waits in a queue; the ticket as it was last kept, should the store lose its own (M-06). */
  | {
      readonly at: 'queued'
      readonly decision: Extract<Decision, { to: 'queue' }>
      readonly ticket: Ticket
    }
  /** Talks with somebody who answered for a queue. */
  | { readonly at: 'served'; readonly queue: string; readonly agent: AgentId; readonly with: LegId }
  /** An agent is on the line, and the customer is called back, or was when this ended. `dialled`: it rings there. */
  | {
      readonly at: 'callingBack'
      readonly ticket: CallbackTicket
      readonly agent: AgentId
      readonly dialled: boolean
    }
  /** In a talk with a leg that was not dialled for this call: fetched or transferred. */
  | {
      readonly at: 'talk'
      readonly with: LegId
      /** Not noted, but said by who is in their room (`asRoomsSay`): where the call is parked should the other be gone by now. */
      readonly parked?: ParkedCall | undefined
    }
  /** A phone transferred the call to what it dialled. */
  | { readonly at: 'transferred'; readonly dialled: string; readonly by?: PersonId | undefined }
  /** A feature code has been taken in full. */
  | {
      readonly at: 'code'
      readonly digits: string
      readonly actor: PersonId
      readonly means: 'keypad' | 'service-number'
    }

const phaseSchema = z.discriminatedUnion('at', [
  z.object({ at: z.literal('ringing'), decision: z.looseObject({ to: z.string() }), wasUp: z.boolean() }),
  z.object({ at: z.literal('talking'), decision: z.looseObject({ to: z.string() }) }),
  z.object({ at: z.literal('carryingOut'), decision: z.looseObject({ to: z.string() }) }),
  z.object({ at: z.literal('recording'), decision: z.looseObject({ to: z.string() }) }),
  z.object({ at: z.literal('parked'), record: z.looseObject({ v: z.literal(1), place: z.string() }) }),
  z.object({
    at: z.literal('queued'),
    decision: z.looseObject({ to: z.literal('queue') }),
    ticket: z.looseObject({ v: z.literal(1), queue: z.string() }),
  }),
  z.object({ at: z.literal('served'), queue: z.string(), agent: z.string(), with: z.string() }),
  z.object({
    at: z.literal('callingBack'),
    ticket: z.looseObject({ v: z.literal(1), queue: z.string(), callback: z.looseObject({}) }),
    agent: z.string(),
    dialled: z.boolean(),
  }),
  z.object({
    at: z.literal('talk'),
    with: z.string(),
    parked: z.looseObject({ v: z.literal(1), place: z.string() }).optional(),
  }),
  z.object({ at: z.literal('transferred'), dialled: z.string(), by: z.string().optional() }),
  z.object({
    at: z.literal('code'),
    digits: z.string(),
    actor: z.string(),
    means: z.enum(['keypad', 'service-number']),
  }),
])

export async function keepPhase(
  call: Call,
  phase: Phase,
  scope: Scope,
  deps: Pick<Deps, 'exchange'>,
): Promise<void> {
  await scope.of(deps.exchange.pbx.note(call.leg.id, { ...notesOf(call), phase: JSON.stringify(phase) }))
}

/** What stands on every leg of a call, so that the call can be put together again. */
export function notesOf(call: Call): Notes {
  return { company: call.company.company, call: call.id, conversation: call.conversation }
}

/** The phase noted on a leg. A note that cannot be read counts as none: the call is then begun anew. */
export function phaseOf(notes: Notes): Phase | undefined {
  if (notes['phase'] === undefined) return undefined
  try {
    return phaseSchema.parse(JSON.parse(notes['phase'])) as unknown as Phase
  } catch {
    return undefined
  }
}

/**
 * Nothing of its own goes on with this leg: it was dialled for another, or has called and keyed a code at the most. Whoever is noted to
 * talk with it has it, also if the earlier run ended before it could note that on both (`join`).
 */
export function goesAlong({ notes }: Pick<LegInfo, 'notes'>): boolean {
  if (notes['role'] === 'called') return true
  const phase = phaseOf(notes)
  return phase === undefined || phase.at === 'code'
}
