import { z } from 'zod'
import { csvOf } from '../../domain/queue/statistics-text.js'
import { parseIsoDate, type CalendarDate } from '../../domain/time/calendar.js'
import { Refused } from './problems.js'
import { queueParams } from './queue-routes.js'
import { route, type Route } from './route.js'

const day = z
  .string()
  .refine((text) => parseIsoDate(text) !== undefined, { error: 'a date, for example 2026-12-01' })
  .meta({ format: 'date' })
const querySchema = z.strictObject({
  from: day
    .optional()
    .meta({ description: 'First day in the time zone of the company; the last if left out' }),
  to: day.optional().meta({ description: 'Last day; today if left out' }),
  within: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, 'seconds, 1 to 9999')
    .optional()
    .meta({
      description: 'An answer in so many seconds is good service; `serviceSeconds` of the queue if left out',
    }),
  format: z.enum(['json', 'csv']).optional(),
})

const share = z.number().min(0).max(1).optional().meta({ description: 'Left out when there was nobody' })
const waitsSchema = z.strictObject({ average: z.int().optional(), longest: z.int().optional() })
const figuresSchema = z
  .strictObject({
    offered: z.int(),
    outsideHours: z.int(),
    answered: z.int(),
    abandoned: z.int().meta({ description: 'After five seconds or more' }),
    abandonedShort: z.int(),
    overflowed: z.record(z.string(), z.int()).meta({ description: 'Went on elsewhere, by reason' }),
    callbacks: z.record(z.string(), z.int()).meta({ description: 'Asked to be called back, by result' }),
    waits: z.strictObject({ answered: waitsSchema, abandoned: waitsSchema }),
    serviceLevel: z.strictObject({
      withinSeconds: z.int(),
      answered: z.int(),
      ofAnsweredAndAbandoned: share,
      ofOffered: share,
    }),
    longWaits: z.strictObject({ overSeconds: z.int(), callers: z.int(), ofOffered: share }),
  })
  .meta({
    description:
      'offered = answered + abandoned + abandonedShort + all of overflowed + all of callbacks; waits in seconds',
  })

/** Undefined where nothing was asked for; the schema has seen that it is a date. */
const dateOf = (text: string | undefined): CalendarDate | undefined =>
  text === undefined ? undefined : parseIsoDate(text)

export const statisticsRoute: Route = route({
  method: 'GET',
  path: '/companies/{company}/queues/{queue}/statistics',
  id: 'queueStatistics',
  summary: 'What came of the callers of a queue, of all days together and day by day (Q-25)',
  params: queueParams,
  query: querySchema,
  answer: {
    status: 200,
    description: 'The figures; callers who still wait are not counted yet',
    type: 'application/json',
    also: 'text/csv',
    schema: z.strictObject({
      queue: z.string(),
      name: z.string(),
      from: z.string(),
      to: z.string(),
      total: figuresSchema,
      days: z.array(z.strictObject({ date: z.string(), figures: figuresSchema })),
    }),
  },
  problems: ['noSuchQueue', 'badRange'],
  handle: async ({ company, params, query, operations, reply }) => {
    const found = await operations.statistics(company, params.queue, {
      from: dateOf(query.from),
      to: dateOf(query.to),
      withinSeconds: query.within === undefined ? undefined : Number(query.within),
    })
    if ('refused' in found) throw new Refused(found.refused)
    if (query.format !== 'csv') return { body: found }
    await reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${found.queue}-${found.from}-${found.to}.csv"`)
      .type('text/csv; charset=utf-8')
      .send(csvOf(found))
    return 'sent'
  },
})
