import { z } from 'zod'

/**
 * Settings of parking, of the company or of one group (P-06 to P-10, P-18, P-19). The defaults stand apart from the shapes: a group
 * that leaves a value out takes the company's, not the default.
 */
const parkPlans = ['parker', 'parker-then-alternate', 'alternate'] as const

const seconds = (low: number, high: number) => z.number().int().min(low).max(high)
/** 0 switches it off. */
const zeroOr = (low: number, high: number) =>
  seconds(0, high).refine((value) => value === 0 || value >= low, {
    error: `0 for never, or ${String(low)} to ${String(high)}`,
  })

const shapes = (target: z.ZodType<string, string>) => ({
  /** P-06: how long a call is parked before it comes back; 0 = only when its time is up in all. */
  recallSeconds: zeroOr(30, 600),
  /** P-08 */
  plan: z.enum(parkPlans),
  alternate: target,
  /** P-08: how long the alternate rings. */
  alternateSeconds: seconds(5, 120),
  /** P-07: how long the parker rings. */
  ringSeconds: seconds(5, 60),
  /** P-09: how long a recall waits for a parker who is busy. */
  busySeconds: seconds(1, 60),
  /** P-09: how often a call comes back before it is led on. */
  rounds: seconds(1, 10),
  /** P-18: how long a call is parked in all. */
  ceilingMinutes: seconds(1, 240),
  /** P-19: "you are still parked" every so often; 0 = never. */
  comfortSeconds: zeroOr(30, 600),
  /**
   * When Växel is away: how much later than planned the exchange takes a parked caller to the reception by itself. In half that time it is
   * told again that we are there, so that nobody waits longer than half as long again.
   */
  backupSeconds: seconds(10, 600),
  /** P-05: class of the music on hold. */
  music: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a to z, 0 to 9 and hyphen'),
})

export function parkingSchemas(target: z.ZodType<string, string>) {
  const shape = shapes(target)
  const settings = z.strictObject({
    recallSeconds: shape.recallSeconds.default(45),
    plan: shape.plan.default('parker'),
    alternate: shape.alternate.optional(),
    alternateSeconds: shape.alternateSeconds.default(45),
    ringSeconds: shape.ringSeconds.default(20),
    busySeconds: shape.busySeconds.default(10),
    rounds: shape.rounds.default(3),
    ceilingMinutes: shape.ceilingMinutes.default(30),
    comfortSeconds: shape.comfortSeconds.default(0),
    backupSeconds: shape.backupSeconds.default(60),
    music: shape.music.default('default'),
  })
  return { settings, override: z.strictObject(shape).partial() }
}
