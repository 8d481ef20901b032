import { z } from 'zod'
import type { CallId, CompanyId, DeviceName, E164, Instant, LegId, PersonId, ShortNumber } from '../ids.js'

/** What somebody is in a talk. `agent`: whose talk it is, and whose invitations. `invited`: the third, until one of the others leaves. */
export type Role = 'customer' | 'agent' | 'invited' | 'coach'

export interface Party {
  readonly leg: LegId
  readonly role: Role
  /** Missing for somebody outside. */
  readonly person?: PersonId | undefined
  readonly name?: string | undefined
  /** As it is shown: an extension inside, E.164 outside, empty when withheld. */
  readonly number: string
}

/** Whom somebody wants to bring in, after the rules have allowed it. */
export interface Callee {
  /** As keyed. */
  readonly dialled: string
  readonly person?: PersonId | undefined
  readonly name?: string | undefined
  readonly number: string
  readonly devices: readonly DeviceName[]
  /** A number outside, with the number that is shown there. */
  readonly outside?: { readonly number: E164 | ShortNumber; readonly shown: E164 } | undefined
}

/** Somebody is being called into the talk. */
export interface Invitation {
  /** Counts the invitations of the talk: the legs that are dialled for it are named by it. */
  readonly count: number
  readonly as: 'invited' | 'coach'
  readonly by: LegId
  readonly callee: Callee
  /** The phones have been dialled: a later run of the process dials none again. */
  readonly dialled: boolean
  readonly until: Instant
  /** A coach who has answered and is asked to accept (C-02). */
  readonly asked?: LegId | undefined
}

/** A phone has put the talk on hold with its own key (G-06). */
export interface HeldByPhone {
  readonly leg: LegId
  /** When the phone is called back; missing = never. */
  readonly recallAt?: Instant | undefined
}

/**
 * A talk with all who are in it. The state needs no name of its own:
 *
 *     two          two parties, nobody aside
 *     ringing      an invitation is open
 *     consulting   three parties, one of them `aside` with music
 *     three-way    three parties, nobody aside
 *     held         two parties, one of them aside
 *     parting      the agent and a coach, after the customer left (C-07)
 */
export interface Talk {
  readonly v: 1
  readonly call: CallId
  /** One number for the whole conversation, whatever legs it moves to (I-18). */
  readonly conversation: CallId
  readonly company: CompanyId
  readonly parties: readonly Party[]
  /** They hear music and nobody else. */
  readonly aside: readonly LegId[]
  readonly invitation?: Invitation | undefined
  readonly invitations: number
  /** The coach speaks to everybody (C-12). */
  readonly bargedIn: boolean
  readonly held?: HeldByPhone | undefined
  /** C-07: agent and coach go on until then. */
  readonly endsAt?: Instant | undefined
}

const partySchema = z.object({
  leg: z.string(),
  role: z.enum(['customer', 'agent', 'invited', 'coach']),
  person: z.string().optional(),
  name: z.string().optional(),
  number: z.string(),
})

const talkSchema = z.object({
  v: z.literal(1),
  call: z.string(),
  conversation: z.string(),
  company: z.string(),
  parties: z.array(partySchema).min(1),
  aside: z.array(z.string()),
  invitation: z
    .object({
      count: z.number(),
      as: z.enum(['invited', 'coach']),
      by: z.string(),
      callee: z.object({
        dialled: z.string(),
        person: z.string().optional(),
        name: z.string().optional(),
        number: z.string(),
        devices: z.array(z.string()),
        outside: z.object({ number: z.string(), shown: z.string() }).optional(),
      }),
      dialled: z.boolean(),
      until: z.number(),
      asked: z.string().optional(),
    })
    .optional(),
  invitations: z.number(),
  bargedIn: z.boolean(),
  held: z.object({ leg: z.string(), recallAt: z.number().optional() }).optional(),
  endsAt: z.number().optional(),
})

/** A talk as it was noted; undefined for what is none, or of another version. */
export function readTalk(text: string | undefined): Talk | undefined {
  if (text === undefined) return undefined
  try {
    return talkSchema.parse(JSON.parse(text)) as unknown as Talk
  } catch {
    return undefined
  }
}

/** Two parties begin to talk. */
export function newTalk(
  facts: Pick<Talk, 'call' | 'conversation' | 'company'>,
  parties: readonly [Party, Party],
): Talk {
  return { v: 1, ...facts, parties, aside: [], invitations: 0, bargedIn: false }
}

export const partyOf = (talk: Talk, leg: LegId): Party | undefined =>
  talk.parties.find((party) => party.leg === leg)

/** Everybody but the coach. */
export const speakers = (talk: Talk): readonly Party[] => talk.parties.filter(({ role }) => role !== 'coach')

export const inRole = (talk: Talk, role: Role): Party | undefined =>
  talk.parties.find((party) => party.role === role)
