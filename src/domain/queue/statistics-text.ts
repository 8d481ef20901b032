import type { QueueFigures, QueueStatistics } from './statistics.js'
import { callbackResults } from './visit.js'

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : `${(share * 100).toFixed(1)} %`
const seconds = (value: number | undefined): string => (value === undefined ? '-' : `${String(value)} s`)

/** For people: a line a day and one for all days together. */
export function statisticsTable({ days, total }: QueueStatistics): {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
} {
  const { withinSeconds } = total.serviceLevel
  const head = [
    'date',
    'offered',
    'answered',
    'abandoned',
    '< 5 s',
    'elsewhere',
    'callback',
    'average',
    'longest',
    `in ${String(withinSeconds)} s`,
    'of all',
    `> ${String(total.longWaits.overSeconds)} s`,
  ]
  const row = (name: string, figures: QueueFigures): readonly string[] => [
    name,
    String(figures.offered),
    String(figures.answered),
    String(figures.abandoned),
    String(figures.abandonedShort),
    String(sum(figures.overflowed)),
    String(sum(figures.callbacks)),
    seconds(figures.waits.answered.average),
    seconds(figures.waits.answered.longest),
    percent(figures.serviceLevel.ofAnsweredAndAbandoned),
    percent(figures.serviceLevel.ofOffered),
    percent(figures.longWaits.ofOffered),
  ]
  return { head, rows: [...days.map(({ date, figures }) => row(date, figures)), row('all', total)] }
}

/** The columns of the CSV, each with what stands in it. Shares are numbers from 0 to 1; empty where there was nobody. */
const columns: readonly (readonly [
  name: string,
  value: (figures: QueueFigures, queue: string, date: string) => string | number | undefined,
])[] = [
  ['queue', (_figures, queue) => queue],
  ['date', (_figures, _queue, date) => date],
  ['offered', ({ offered }) => offered],
  ['outside_hours', ({ outsideHours }) => outsideHours],
  ['answered', ({ answered }) => answered],
  ['abandoned', ({ abandoned }) => abandoned],
  ['abandoned_under_5s', ({ abandonedShort }) => abandonedShort],
  ['overflowed_full', ({ overflowed }) => overflowed.full],
  ['overflowed_nobody_logged_in', ({ overflowed }) => overflowed.nobodyLoggedIn],
  ['overflowed_closed', ({ overflowed }) => overflowed.closed],
  ['overflowed_max_wait', ({ overflowed }) => overflowed.maxWait],
  ['overflowed_queue_removed', ({ overflowed }) => overflowed.removed],
  ['overflowed_by_key', ({ overflowed }) => overflowed.key],
  ['overflowed_moved', ({ overflowed }) => overflowed.moved],
  ...callbackResults.map(
    (result) =>
      [
        `callback_${result.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
        ({ callbacks }: QueueFigures) => callbacks[result],
      ] as const,
  ),
  ['answered_wait_average_s', ({ waits }) => waits.answered.average],
  ['answered_wait_longest_s', ({ waits }) => waits.answered.longest],
  ['abandoned_wait_average_s', ({ waits }) => waits.abandoned.average],
  ['abandoned_wait_longest_s', ({ waits }) => waits.abandoned.longest],
  ['service_within_s', ({ serviceLevel }) => serviceLevel.withinSeconds],
  ['answered_within', ({ serviceLevel }) => serviceLevel.answered],
  ['service_of_answered_and_abandoned', ({ serviceLevel }) => rounded(serviceLevel.ofAnsweredAndAbandoned)],
  ['service_of_offered', ({ serviceLevel }) => rounded(serviceLevel.ofOffered)],
  ['waited_over_180s', ({ longWaits }) => longWaits.callers],
  ['waited_over_180s_of_offered', ({ longWaits }) => rounded(longWaits.ofOffered)],
]

const rounded = (share: number | undefined): number | undefined =>
  share === undefined ? undefined : Number(share.toFixed(4))

/** For programs: a head and a line a day, as RFC 4180 has it. No cell needs quotes: ids, dates and numbers only. */
export function csvOf({ queue, days }: QueueStatistics): string {
  const lines = days.map(({ date, figures }) =>
    columns.map(([, value]) => String(value(figures, queue, date) ?? '')).join(','),
  )
  return [columns.map(([name]) => name).join(','), ...lines].map((line) => `${line}\r\n`).join('')
}
