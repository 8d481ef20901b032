import { z } from 'zod'
import type { HoursId } from '../ids.js'
import { weekdayNames } from '../time/calendar.js'

/** Shapes of everything that says when something is open (O-01 to O-06). */

export const hoursIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a to z, 0 to 9 and hyphen, at most 31')
  .transform((s) => s as HoursId)

const interval = z
  .string()
  .regex(
    /^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/,
    'an interval, for example 08:00-17:00',
  )

/** Per weekday a list of half-open intervals, `08:00-17:00`; `22:00-06:00` goes over midnight (O-01, O-02). */
export const weekSchema = z.partialRecord(z.enum(weekdayNames), z.array(interval))

/** What holds on one day instead of the week: `closed`, `usual` (the week after all), or intervals. */
const dayRuleSchema = z.union([z.enum(['closed', 'usual']), z.array(interval)], {
  error: 'closed, usual, or a list of intervals such as [08:00-12:00]',
})

const isoDate = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, 'a date, for example 2026-12-24')

const exceptionSchema = z.strictObject({
  /** One day, or `from` and `until`, both of them included (O-03). */
  date: isoDate.optional(),
  from: isoDate.optional(),
  until: isoDate.optional(),
  open: dayRuleSchema,
  /** For people: shown in the preview. */
  note: z.string().max(120).optional(),
})

const holidaysSchema = z.strictObject({
  /** Which part of the country: a Land, with a region of it if need be. */
  region: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z]{1,5})?$/, 'a Land, for example BY, or with a region of it, BY-A')
    .optional(),
  /** By the name of the day: half-days, days that are closed although no public holiday, and holidays that are open as usual. */
  days: z.record(z.string(), dayRuleSchema).default({}),
})

export const hoursSchema = z.strictObject({
  id: hoursIdSchema,
  week: weekSchema,
  /** Left out: public holidays are days like any other. */
  holidays: holidaysSchema.optional(),
  exceptions: z.array(exceptionSchema).default([]),
})

/**
 * What becomes of those who wait when it closes (O-06): `drain`, everybody who came before is still answered; `drain-until 30 min`
 * after closing or `drain-until 17:30`, until then; `cut`, nobody is.
 */
export const closingSchema = z
  .string()
  .regex(
    /^(drain|cut|drain-until (([1-9][0-9]{0,2} min)|([01][0-9]|2[0-3]):[0-5][0-9]))$/,
    'drain, cut, "drain-until 30 min" or "drain-until 17:30"',
  )
  .default('drain')

export type Hours = z.output<typeof hoursSchema>

export type HoursException = Hours['exceptions'][number]
export type DayRule = z.output<typeof dayRuleSchema>
export type ClosingPolicy = z.output<typeof closingSchema>
