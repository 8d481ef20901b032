import { z } from 'zod'
import { companyIdSchema } from '../../domain/directory/company.js'
import { hoursIdSchema } from '../../domain/directory/hours-schema.js'
import type { HoursWish } from '../../domain/hours/set-by-hand.js'
import type { CompanyId, HoursId } from '../../domain/ids.js'
import type { HoursOperations } from '../../ports/hours-operations.js'
import { Refused } from './problems.js'
import { route, type Route } from './route.js'
import { companyParams, time, timeOr } from './shapes.js'

const hoursParams = z.strictObject({ company: companyIdSchema, hours: hoursIdSchema })
type AnyParams = z.output<typeof hoursParams> | z.output<typeof companyParams>

const seenSchema = z.strictObject({
  id: z.string(),
  open: z.boolean(),
  because: z.enum(['emergency', 'override', 'exception', 'holiday', 'weekly']),
  until: z.iso.datetime().optional().meta({ description: 'When it opens or closes next' }),
  override: z
    .strictObject({
      kind: z.enum(['emergency', 'open', 'closed']),
      from: z.iso.datetime(),
      until: z.iso.datetime().optional(),
      setBy: z.string(),
      means: z.enum(['keypad', 'console', 'api']),
    })
    .optional()
    .meta({ description: 'What is set by hand and counts now' }),
})
const listSchema = z.strictObject({ hours: z.array(seenSchema) })

const instantSchema = z.iso.datetime({ offset: true })
const end = z
  .string()
  .refine((text) => instantSchema.safeParse(text).success, {
    error: 'a time with its zone, for example 2026-12-24T12:00:00+01:00',
  })
  .meta({ format: 'date-time', description: 'When it ends by itself' })
const overrideSchema = z.strictObject({ state: z.enum(['open', 'closed']), until: end })
const emergencySchema = z.strictObject({
  until: end.optional().meta({ description: 'Left out: until it is lifted' }),
})

function listOf(operations: HoursOperations, company: CompanyId, only?: HoursId): object {
  const hours = operations.hours(company).filter(({ id }) => only === undefined || id === only)
  if (only !== undefined && hours.length === 0) throw new Refused('noSuchHours')
  return {
    hours: hours.map(({ id, open, because, until, override }) => ({
      ...{ id, open, because },
      until: timeOr(until),
      override: override && {
        ...{ kind: override.kind, setBy: override.setBy, means: override.means },
        from: time(override.from),
        until: timeOr(override.until),
      },
    })),
  }
}

const answer = { status: 200, type: 'application/json', schema: listSchema } as const
const hoursOf = (params: AnyParams): HoursId | undefined => ('hours' in params ? params.hours : undefined)

async function set(
  operations: HoursOperations,
  params: AnyParams,
  wish: HoursWish,
): Promise<{ readonly body: object }> {
  const hours = hoursOf(params)
  const done = await operations.setHours(params.company, { ...wish, hours })
  if (done !== 'done') throw new Refused(done.refused)
  return { body: listOf(operations, params.company, hours) }
}

/** The same addresses for all hours of a company, and for one of them. */
function routesFor(scope: 'all' | 'one'): readonly Route[] {
  const params: z.ZodType<AnyParams> = scope === 'all' ? companyParams : hoursParams
  const path = scope === 'all' ? '/companies/{company}' : '/companies/{company}/hours/{hours}'
  const name = scope === 'all' ? 'All' : ''
  const whose = scope === 'all' ? 'all hours of the company' : 'these hours'
  return [
    route({
      method: 'GET',
      path: scope === 'all' ? '/companies/{company}/hours' : path,
      id: scope === 'all' ? 'listHours' : 'getHours',
      summary: 'What is open now and until when, with what is set by hand (O-04)',
      params,
      answer: { ...answer, description: 'The hours' },
      problems: scope === 'all' ? [] : ['noSuchHours'],
      handle: ({ operations, params: asked }) =>
        Promise.resolve({ body: listOf(operations, asked.company, hoursOf(asked)) }),
    }),
    route({
      method: 'PUT',
      path: `${path}/override`,
      id: `override${name}Hours`,
      summary: `Open or close ${whose} by hand, until then`,
      params,
      body: overrideSchema,
      answer: { ...answer, description: 'How it is now' },
      problems: ['noSuchHours', 'endPassed'],
      handle: ({ operations, params: asked, body }) =>
        set(operations, asked, { what: body.state, until: Date.parse(body.until) }),
    }),
    route({
      method: 'DELETE',
      path: `${path}/override`,
      id: `usual${name}Hours`,
      summary: `End what was set by hand for ${whose}; an emergency stays`,
      params,
      answer: { ...answer, description: 'How it is now' },
      problems: ['noSuchHours'],
      handle: ({ operations, params: asked }) => set(operations, asked, { what: 'usual' }),
    }),
    route({
      method: 'PUT',
      path: `${path}/emergency`,
      id: `close${name}ForEmergency`,
      summary: `Close ${whose} for an emergency: also those who wait are sent away`,
      params,
      body: emergencySchema,
      answer: { ...answer, description: 'How it is now' },
      problems: ['noSuchHours', 'endPassed'],
      handle: ({ operations, params: asked, body }) =>
        set(operations, asked, {
          what: 'emergency',
          until: body.until === undefined ? undefined : Date.parse(body.until),
        }),
    }),
    route({
      method: 'DELETE',
      path: `${path}/emergency`,
      id: `lift${name}Emergency`,
      summary: `The emergency of ${whose} is over`,
      params,
      answer: { ...answer, description: 'How it is now' },
      problems: ['noSuchHours'],
      handle: ({ operations, params: asked }) => set(operations, asked, { what: 'lift' }),
    }),
  ]
}

export const hoursRoutes: readonly Route[] = [...routesFor('all'), ...routesFor('one')]
