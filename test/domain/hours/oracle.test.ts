import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hoursSchema, type Hours } from '../../../src/domain/directory/hours-schema.js'
import { mayBeAnswered } from '../../../src/domain/hours/closing.js'
import { holidaysOf } from '../../../src/domain/hours/holidays.js'
import { nextChange, openAt, type HoursRules } from '../../../src/domain/hours/open.js'
import type { HoursOverride } from '../../../src/domain/hours/overrides.js'
import type { HoursId } from '../../../src/domain/ids.js'
import { formatIsoDate, weekdayNames } from '../../../src/domain/time/calendar.js'
import { eves, firstYear, instantOf, isOpen, oracleOf, publicHolidays } from './oracle.js'

const places = [
  { zone: 'Europe/Stockholm', country: 'SE', lands: [undefined] },
  { zone: 'Europe/Berlin', country: 'DE', lands: [undefined, 'BE', 'BY', 'SN'] },
] as const

const years = Array.from({ length: 10 }, (_, index) => firstYear + 1 + index)
const two = (value: number) => String(value).padStart(2, '0')

/** Nights, their changes of the clock and ordinary office times all come up often. */
const time = fc
  .oneof(
    fc.tuple(fc.constantFrom(0, 1, 2, 3, 22, 23), fc.constantFrom(0, 1, 30, 59)),
    fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30)),
  )
  .map(([hour, minute]) => `${two(hour)}:${two(minute)}`)
const interval = fc
  .tuple(time, fc.oneof(time, fc.constant('24:00')))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${from}-${to}`)
const intervals = fc.array(interval, { maxLength: 3 })
const dayRule = fc.oneof(fc.constantFrom('closed' as const, 'usual' as const), intervals)

const changeNights = years.flatMap((year) =>
  [
    [3, 31],
    [10, 31],
  ].map(([month = 3, last = 31]) => {
    for (let day = last; ; day -= 1)
      if (new Date(Date.UTC(year, month - 1, day)).getUTCDay() === 0)
        return `${String(year)}-${two(month)}-${two(day)}`
  }),
)
const anyDate = fc
  .integer({
    min: Date.UTC(firstYear + 1, 0, 1) / 86_400_000,
    max: Date.UTC(firstYear + 11, 0, 1) / 86_400_000 - 1,
  })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10))
const near = (dates: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...dates), fc.integer({ min: -1, max: 1 }))
    .map(([date, days]) =>
      new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10),
    )

for (const { zone, country, lands } of places) {
  const oracle = oracleOf(zone)
  const interesting = years.flatMap((year) =>
    lands.flatMap((land) => [
      ...publicHolidays(country, land, year),
      `${String(year)}-12-24`,
      `${String(year)}-12-31`,
    ]),
  )
  const date = fc.oneof(anyDate, near(changeNights), near(interesting))
  const instant = fc
    .tuple(
      date,
      time,
      fc.constantFrom<'start' | 'end'>('start', 'end'),
      fc.constantFrom(-1_000, -1, 0, 1, 1_000, 1_800_000),
    )
    .map(([iso, at, edge, shift]) => instantOf(oracle, iso, at, edge) + shift)

  const exception = fc.oneof(
    fc.record({ date, open: dayRule }),
    fc
      .record({ date, days: fc.integer({ min: 1, max: 30 }), open: dayRule })
      .map(({ date: from, days, open }) => ({
        from,
        until: new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10),
        open,
      })),
  )
  const hours: fc.Arbitrary<Hours> = fc
    .record(
      {
        id: fc.constant('kontor'),
        week: fc.dictionary(fc.constantFrom(...weekdayNames), intervals),
        exceptions: fc.uniqueArray(exception, {
          maxLength: 4,
          // Of two for the same day, equally long, `vaxel apply` refuses the second.
          selector: (value) =>
            'date' in value ? 'one day' : String(Date.parse(value.until) - Date.parse(value.from)),
        }),
        holidays: fc.record(
          {
            region: fc.constantFrom(...lands),
            days: fc.dictionary(fc.constantFrom(...eves[country]), dayRule),
          },
          { requiredKeys: ['days'] },
        ),
      },
      { requiredKeys: ['id', 'week'] },
    )
    .map((written) => hoursSchema.parse(written))

  /** What is set by hand around the time of the question. */
  const overridesAround = (around: number): fc.Arbitrary<readonly HoursOverride[]> =>
    fc.uniqueArray(
      fc
        .record({
          kind: fc.constantFrom('emergency' as const, 'open' as const, 'closed' as const),
          hours: fc.constantFrom(undefined, 'kontor' as HoursId, 'annat' as HoursId),
          from: fc.integer({ min: -48, max: 2 }).map((hour) => around + hour * 3_600_000),
          lasts: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 72 })),
        })
        .map(({ lasts, ...rest }): HoursOverride => ({
          ...rest,
          id: `${rest.kind}-${String(rest.from)}`,
          setBy: 'operator',
          means: 'console',
          ...(lasts === undefined
            ? rest.kind === 'emergency'
              ? {}
              : { until: rest.from + 3_600_000 }
            : { until: rest.from + lasts * 3_600_000 }),
        })),
      { maxLength: 2, selector: (override) => override.from },
    )
  const question = fc
    .tuple(hours, instant)
    .chain(([written, at]) =>
      fc.tuple(
        fc.constant(written),
        fc.constant(at),
        fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: overridesAround(at) }),
      ),
    )
    .map(([written, at, overrides]) => ({
      rules: { zone, country, hours: written, overrides } satisfies HoursRules,
      at,
    }))

  describe(`hours in ${zone}`, () => {
    it('O-01 O-02 O-03 O-04 agree with a slow and obvious oracle over ten years', () => {
      fc.assert(
        fc.property(question, ({ rules, at }) => {
          expect(openAt(rules, at)).toBe(isOpen(oracle, rules, at))
        }),
        { numRuns: 10_000 },
      )
    })

    it('O-01 the next change is a change, and nothing changes before it', () => {
      fc.assert(
        fc.property(
          question,
          fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
          ({ rules, at }, share) => {
            const now = openAt(rules, at)
            const change = nextChange(rules, at)
            const until = change ?? at + 100 * 86_400_000
            expect(until).toBeGreaterThan(at)
            expect(openAt(rules, at + Math.floor((until - at) * share))).toBe(now)
            if (change === undefined) return
            expect(openAt(rules, change - 1)).toBe(now)
            expect(openAt(rules, change)).toBe(!now)
          },
        ),
        { numRuns: 2_000 },
      )
    })

    it('O-05 O-06 whoever came while it was open is answered when draining, nobody who came later, and nobody in an emergency', () => {
      fc.assert(
        fc.property(question, fc.integer({ min: 0, max: 200_000_000 }), ({ rules, at: arrived }, later) => {
          const now = arrived + later
          const open = isOpen(oracle, rules, now)
          const emergency = rules.overrides.some(
            ({ kind, hours: of, from, until }) =>
              kind === 'emergency' &&
              of !== ('annat' as HoursId) &&
              from <= now &&
              (until === undefined || now < until),
          )
          const cameOpen = isOpen(oracle, rules, arrived)
          expect(mayBeAnswered(rules, 'drain', arrived, now)).toBe(open || (cameOpen && !emergency))
          expect(mayBeAnswered(rules, 'cut', arrived, now)).toBe(open)
          const within = mayBeAnswered(rules, 'drain-until 30 min', arrived, now)
          const closedLately = isOpen(oracle, rules, now - 1_799_999) || open
          if (!cameOpen) expect(within).toBe(open)
          if (open) expect(within).toBe(true)
          if (within && !open && later >= 1_800_000)
            expect(openedWithin(rules, now) || closedLately).toBe(true)
        }),
        { numRuns: 2_000 },
      )
    })

    it('O-03 knows the public holidays of the law over ten years', () => {
      for (const land of lands)
        for (const year of years) {
          const found = holidaysOf(country, land, year).filter((holiday) => holiday.publicly)
          // Sundays are closed days everywhere: some Länder list them, some do not.
          const weekdaysOnly = (dates: readonly string[]) =>
            dates.filter((iso) => new Date(`${iso}T00:00:00Z`).getUTCDay() !== 0)
          expect([
            land,
            ...weekdaysOnly([...new Set(found.map(({ date: day }) => formatIsoDate(day)))].sort()),
          ]).toEqual([land, ...weekdaysOnly(publicHolidays(country, land, year))])
        }
    })
  })

  /** Looked at each minute of the half hour before: was it open at any of them? */
  function openedWithin(rules: HoursRules, now: number): boolean {
    for (let minute = 0; minute <= 30; minute += 1)
      if (isOpen(oracle, rules, now - minute * 60_000)) return true
    return false
  }
}
