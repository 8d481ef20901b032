import { z } from 'zod'
import { deviceNameSchema, personIdSchema } from '../../domain/directory/company.js'
import type { TalkVerb } from '../../domain/talk/verbs.js'
import { fromOf } from './parked-routes.js'
import { Refused, type ProblemCode } from './problems.js'
import { route, type Route } from './route.js'
import { companyParams } from './shapes.js'

const talkSchema = z.strictObject({
  conversation: z.string().meta({ description: 'The same for the whole conversation' }),
  state: z.enum(['two', 'ringing', 'consulting', 'threeWay', 'held', 'parting']).meta({
    description:
      'Two talk; somebody is being called in; one of three has music; three talk; one of two has music; agent and coach after the customer left',
  }),
  parties: z.array(
    z.strictObject({
      role: z.enum(['customer', 'agent', 'invited', 'coach']),
      person: z.string().optional(),
      name: z.string().optional(),
      number: z.string(),
      aside: z.boolean().meta({ description: 'Hears music' }),
    }),
  ),
  calling: z
    .strictObject({ as: z.enum(['invited', 'coach']), name: z.string().optional(), number: z.string() })
    .optional(),
})

export const talksSchema = z.strictObject({ talks: z.array(talkSchema) })

export const listTalks = route({
  method: 'GET',
  path: '/companies/{company}/talks',
  id: 'listTalks',
  summary: 'The talks of a company',
  params: companyParams,
  answer: {
    status: 200,
    description: 'The talks',
    type: 'application/json',
    schema: talksSchema,
  },
  problems: [],
  handle: ({ company, operations }) => Promise.resolve({ body: { talks: operations.talks(company) } }),
})

const who = { device: deviceNameSchema.optional(), person: personIdSchema.optional() }
const number = z.string().regex(/^\+?[0-9]{1,20}$/, 'an extension or a number')

const oneOfTwo = <Schema extends z.ZodType<{ device?: unknown; person?: unknown }>>(schema: Schema): Schema =>
  schema.refine(({ device, person }) => (device === undefined) !== (person === undefined), {
    error: 'name the device or the person who is in the talk, one of the two',
  })

/** One address for each verb; what is refused to a program is refused to a phone, with the same words. */
function verbRoute<
  Body extends {
    device?: z.output<typeof deviceNameSchema> | undefined
    person?: z.output<typeof personIdSchema> | undefined
  },
>(
  kind: TalkVerb['kind'],
  summary: string,
  body: z.ZodType<Body>,
  verbOf: (body: Body) => TalkVerb,
  problems: readonly ProblemCode[],
): Route {
  return route({
    method: 'POST',
    path: `/companies/{company}/talks/${kind}`,
    id: `talk${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
    summary,
    params: companyParams,
    body,
    answer: {
      status: 202,
      description: 'It has begun',
      type: 'application/json',
      schema: z.strictObject({ done: z.literal(kind) }),
    },
    problems: ['noSuchPerson', 'noSuchDevice', 'noTalk', 'notYours', 'talkOver', ...problems],
    handle: async ({ company, body: asked, operations }) => {
      const end = await operations.act(company, fromOf(asked), verbOf(asked))
      if (end !== 'done') throw new Refused(end.refused, end.words === undefined ? {} : { detail: end.words })
      return { body: { done: kind } }
    },
  })
}

const plain = oneOfTwo(z.strictObject(who))

/** The verbs of I-11, I-12, C-11, C-12 that take nothing but whose they are. */
const simple = (
  kind: Extract<TalkVerb, { kind: 'remove' | 'hold' | 'resume' | 'leave' | 'bargeIn' }>['kind'],
  summary: string,
  problems: readonly ProblemCode[],
): Route => verbRoute(kind, summary, plain, () => ({ kind }), problems)

export const talkVerbs: readonly Route[] = [
  verbRoute(
    'invite',
    'Invite somebody to the talk (I-01)',
    oneOfTwo(z.strictObject({ ...who, number, privately: z.boolean().optional() })),
    (body) => ({ kind: 'invite', number: body.number, privately: body.privately }),
    ['full', 'alreadyIn', 'alreadyCalling', 'cannotInvite'],
  ),
  verbRoute(
    'coach',
    'Invite a coach (C-01)',
    oneOfTwo(z.strictObject({ ...who, number })),
    (body) => ({ kind: 'coach', number: body.number }),
    ['full', 'alreadyIn', 'alreadyCalling', 'secondCoach', 'cannotInvite'],
  ),
  verbRoute(
    'switch',
    'Speak in private with one, or all three together (I-12)',
    oneOfTwo(z.strictObject({ ...who, to: z.enum(['threeWay', 'invited', 'customer']).optional() })),
    (body) => ({ kind: 'switch', to: body.to }),
    ['nobodyInvited'],
  ),
  simple('remove', 'Take the invited, or the coach, out of the talk (I-11, C-11)', ['nobodyInvited']),
  simple('leave', 'Leave the talk; the others go on (I-07)', []),
  simple('hold', 'Give the other party music (C-04)', ['full']),
  simple('resume', 'End the hold', ['notHeld']),
  simple('bargeIn', 'As a coach, speak to everybody after an announcement (C-12)', ['full', 'mayNotBargeIn']),
]
