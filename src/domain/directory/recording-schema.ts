import { z } from 'zod'

/** Recorded calls (O-14). */
export const recordingSchema = z.strictObject({
  /** The company has the service. */
  licence: z.boolean().default(false),
  /** Whose talks are recorded, by id; `*` is everybody. */
  people: z.array(z.string()).default([]),
  /** Opening hours by their name; left out, Monday to Friday 08:00 to 18:00. */
  hours: z.string().optional(),
  /** `off`: nobody is recorded. `announce`: everybody in the talk hears it first. `silent`: nobody is told; not in Germany. */
  consent: z.enum(['off', 'announce', 'silent']).default('announce'),
  /** Deleted after so many days. */
  keepDays: z.number().int().min(1).max(3650).default(90),
})
