import { z } from 'zod'
import { companyIdSchema } from '../../domain/directory/company.js'
import type { Instant } from '../../domain/ids.js'

/** What the routes of all topics have in common. */

export const companyParams = z.strictObject({ company: companyIdSchema })

export const time = (instant: Instant): string => new Date(instant).toISOString()
export const timeOr = (instant: Instant | undefined): string | undefined =>
  instant === undefined ? undefined : time(instant)
