import { z } from 'zod'
import type { E164 } from '../ids.js'
import { hoursIdSchema } from './hours-schema.js'

/** The shapes that menus and numbers have in common with the rest of the company file. */
interface Shapes {
  readonly target: z.ZodType<string, string>
  readonly e164: z.ZodType<E164, string>
}

/** What a number of the company leads to, and the menus of keys on the way. */
export function menuSchemas({ target, e164 }: Shapes) {
  /** A target word, or two of them and the hours that decide between them. */
  const destination = z.union(
    [target, z.strictObject({ hours: hoursIdSchema, open: target, closed: target })],
    {
      error: 'a target, or { hours, open: TARGET, closed: TARGET }',
    },
  )
  const text = z.strictObject({
    sv: z.string().optional(),
    de: z.string().optional(),
    en: z.string().optional(),
  })
  return {
    /** One number of the company and where calls to it go. */
    number: z.strictObject({ number: e164, to: destination }),
    menu: z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a to z, 0 to 9 and hyphen, at most 31'),
      /** What callers hear; a key interrupts it. */
      text,
      /** Keys 1 to 9, `*` and `#`, and 0, which leads to the reception if it is left out. */
      keys: z
        .record(z.string().regex(/^[0-9*#]$/, 'one key'), destination)
        .refine((keys) => Object.keys(keys).length > 0, { error: 'needs a key' }),
      /** How long a key is waited for after the last word; `settings.menuSeconds` if left out. */
      seconds: z.number().int().min(3).max(20).optional(),
      /** Where a caller goes who keys nothing, or two keys that lead nowhere. */
      noKey: target.default('reception'),
      wrongKeys: target.default('reception'),
    }),
  }
}

type Schemas = ReturnType<typeof menuSchemas>
export type Menu = z.output<Schemas['menu']>
export type Destination = z.output<Schemas['number']>['to']
