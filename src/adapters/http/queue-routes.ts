import { z } from 'zod'
import { companyIdSchema, personIdSchema } from '../../domain/directory/company.js'
import { agentStates } from '../../domain/queue/agent-state.js'
import type { CallId, CompanyId } from '../../domain/ids.js'
import type { AgentVerb, QueueOperations, SeenCaller } from '../../ports/queue-operations.js'
import { Refused, type ProblemCode } from './problems.js'
import { route, type Route } from './route.js'
import { companyParams, time, timeOr } from './shapes.js'

const queueIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'the id of a queue')
export const queueParams = z.strictObject({ company: companyIdSchema, queue: queueIdSchema })
const agentParams = z.strictObject({ company: companyIdSchema, person: personIdSchema })

const callerParams = z.strictObject({
  ...queueParams.shape,
  call: z.string().regex(/^[\w.-]{1,80}$/, 'the id of a call'),
})

const stateSchema = z.enum(agentStates).meta({
  description:
    'With a caller of a queue; rung for one; a phone in use otherwise; logged out; paused; absent; time after a call; left in peace after a call not taken; no phone registered; would be rung now',
})
const queueSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  number: z.string(),
  state: z
    .enum(['open', 'draining', 'closed'])
    .meta({ description: 'Draining: closed, while callers who came before are still answered' }),
  waiting: z.int(),
  longestSince: z.iso.datetime().optional().meta({ description: 'When the one came who has waited longest' }),
  agents: z.record(stateSchema, z.int()),
})
const callerSchema = z.strictObject({
  call: z.string(),
  queue: z.string(),
  position: z.int().meta({ description: '1 is the next' }),
  arrivedAt: z.iso.datetime().meta({ description: 'To the first queue the call was in' }),
  enteredAt: z.iso.datetime(),
  until: z.iso.datetime().meta({ description: 'When the call goes on to the overflow' }),
  vip: z.boolean(),
  number: z.string().optional(),
  name: z.string().optional(),
  callback: z.literal(true).optional().meta({ description: 'Has hung up and is to be called back' }),
  ringing: z.array(z.string()).meta({ description: 'Agents whose phones ring for the caller' }),
})
const agentSchema = z.strictObject({
  agent: z.string().meta({ description: 'The id of a person, or the number of a telephone outside' }),
  name: z.string(),
  state: stateSchema,
  until: z.iso.datetime().optional().meta({ description: 'When the state ends by itself' }),
  paused: z.strictObject({ since: z.iso.datetime(), why: z.enum(['code', 'noAnswers']) }).optional(),
  queues: z.array(
    z.strictObject({
      queue: z.string(),
      loggedIn: z.boolean(),
      calls: z.int().meta({ description: 'Answered since they logged in' }),
    }),
  ),
})
export const floorSchema = z.strictObject({
  queues: z.array(queueSchema),
  callers: z.array(callerSchema),
  agents: z.array(agentSchema),
})

const queuesOf = (operations: QueueOperations, company: CompanyId) =>
  operations.queues(company).map((queue) => ({ ...queue, longestSince: timeOr(queue.longestSince) }))

const callerOf = (caller: SeenCaller) => ({
  ...caller,
  arrivedAt: time(caller.arrivedAt),
  enteredAt: time(caller.enteredAt),
  until: time(caller.until),
})

function callersOf(operations: QueueOperations, company: CompanyId, queue: string) {
  const callers = operations.callers(company, queue)
  if (!callers) throw new Refused('noSuchQueue')
  return callers.map(callerOf)
}

const agentsOf = (operations: QueueOperations, company: CompanyId) =>
  operations.agents(company).map((agent) => ({
    ...agent,
    until: timeOr(agent.until),
    paused: agent.paused && { ...agent.paused, since: time(agent.paused.since) },
  }))

/** Queues, those who wait and those who answer, as the live feed tells them. */
export const floorOf = (operations: QueueOperations, company: CompanyId) => ({
  queues: queuesOf(operations, company),
  callers: operations.queues(company).flatMap(({ id }) => callersOf(operations, company, id)),
  agents: agentsOf(operations, company),
})

const list = <Params extends { readonly company: CompanyId }>(
  row: Pick<Route, 'path' | 'id' | 'summary' | 'problems'> & { readonly params: z.ZodType<Params> },
  schema: z.ZodType,
  read: (operations: QueueOperations, params: Params) => object,
): Route =>
  route({
    ...row,
    method: 'GET',
    answer: { status: 200, description: row.summary, type: 'application/json', schema },
    handle: ({ operations, params }) => Promise.resolve({ body: read(operations, params) }),
  })

/** One address for each verb; what is refused to a program is refused to a phone. */
const verb = <Params extends z.output<typeof agentParams>>(
  path: string,
  id: string,
  summary: string,
  params: z.ZodType<Params>,
  verbOf: (params: Params) => AgentVerb,
  problems: readonly ProblemCode[],
): Route =>
  route({
    method: 'POST',
    path,
    id,
    summary,
    params,
    answer: {
      status: 200,
      description: 'Done',
      type: 'application/json',
      schema: z.strictObject({ agent: agentSchema }),
    },
    problems: ['noSuchPerson', 'notMember', ...problems],
    handle: async ({ company, params: asked, operations }) => {
      const end = await operations.asAgent(company, asked.person, verbOf(asked))
      if (end !== 'done') throw new Refused(end.refused)
      const agent = agentsOf(operations, company).find((one) => (one.agent as string) === asked.person)
      return { body: { agent } }
    },
  })

const loginParams = z.strictObject({ ...agentParams.shape, queue: queueIdSchema })

export const queueRoutes: readonly Route[] = [
  list(
    {
      path: '/companies/{company}/queues',
      id: 'listQueues',
      summary: 'The queues of a company: state, who waits, how many agents are doing what',
      params: companyParams,
      problems: [],
    },
    z.strictObject({ queues: z.array(queueSchema) }),
    (operations, { company }) => ({ queues: queuesOf(operations, company) }),
  ),
  list(
    {
      path: '/companies/{company}/queues/{queue}/callers',
      id: 'listCallers',
      summary: 'Who waits in a queue, first to be served first',
      params: queueParams,
      problems: ['noSuchQueue'],
    },
    z.strictObject({ callers: z.array(callerSchema) }),
    (operations, { company, queue }) => ({ callers: callersOf(operations, company, queue) }),
  ),
  route({
    method: 'POST',
    path: '/companies/{company}/queues/{queue}/callers/{call}/move',
    id: 'moveCaller',
    summary: 'Let a waiting caller go on waiting in another queue, by the time of arrival (Q-13)',
    description:
      'Also somebody who is to be called back; they take up no room there, and wait until it opens and somebody logs in.',
    params: callerParams,
    body: z.strictObject({ queue: queueIdSchema }),
    answer: {
      status: 202,
      description: 'The caller goes there, unless somebody answers in this very moment',
      type: 'application/json',
      schema: z.strictObject({ call: z.string(), queue: z.string() }),
    },
    problems: ['noSuchQueue', 'notWaiting', 'alreadyThere', 'queueClosed', 'queueFull', 'nobodyLoggedIn'],
    handle: ({ company, params, body, operations }) => {
      const end = operations.moveCaller(company, params.queue, params.call as CallId, body.queue)
      if (end !== 'moving') throw new Refused(end.refused)
      return Promise.resolve({ body: { call: params.call, queue: body.queue } })
    },
  }),
  route({
    method: 'POST',
    path: '/companies/{company}/queues/{queue}/callers/{call}/first',
    id: 'putCallerFirst',
    summary: 'Make a waiting caller the next in the queue',
    params: callerParams,
    answer: {
      status: 200,
      description: 'Done',
      type: 'application/json',
      schema: z.strictObject({ caller: callerSchema }),
    },
    problems: ['noSuchQueue', 'notWaiting'],
    handle: ({ company, params, operations }) => {
      const end = operations.putFirst(company, params.queue, params.call as CallId)
      if ('refused' in end) throw new Refused(end.refused)
      return Promise.resolve({ body: { caller: callerOf(end) } })
    },
  }),
  list(
    {
      path: '/companies/{company}/agents',
      id: 'listAgents',
      summary: 'Everybody who may answer for a queue, and what they are doing',
      params: companyParams,
      problems: [],
    },
    z.strictObject({ agents: z.array(agentSchema) }),
    (operations, { company }) => ({ agents: agentsOf(operations, company) }),
  ),
  ...(['login', 'logout'] as const).map((kind) =>
    verb(
      `/companies/{company}/agents/{person}/queues/{queue}/${kind}`,
      kind === 'login' ? 'logInToQueue' : 'logOutOfQueue',
      kind === 'login' ? 'Log somebody in to a queue (Q-20)' : 'Log somebody out of a queue (Q-20)',
      loginParams,
      ({ queue }) => ({ kind, queue }),
      ['noSuchQueue'],
    ),
  ),
  ...(
    [
      ['pause', 'Pause somebody in their queues (Q-20)', []],
      ['resume', 'End the pause of somebody (Q-20)', []],
      ['endWrapUp', 'End the time after a call (Q-12)', ['noWrapUp']],
      ['extendWrapUp', 'Extend the time after a call, once (Q-12)', ['noWrapUp']],
    ] as const
  ).map(([kind, summary, problems]) =>
    verb(
      `/companies/{company}/agents/{person}/${kind}`,
      `agent${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
      summary,
      agentParams,
      () => ({ kind }),
      problems,
    ),
  ),
]
