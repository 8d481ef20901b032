import type { CallResult } from './caller.js'

/** The value below which `share` (0 to 1) of the values lie; nearest rank. NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export interface Latency {
  readonly calls: number
  readonly failed: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export function latencyOf(results: readonly CallResult[]): Latency {
  const times = results.flatMap(({ firstSoundMs }) => firstSoundMs ?? [])
  return {
    calls: results.length,
    failed: results.length - times.length,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
  }
}

/** Slope of the straight line through the points that fits best, and the share of the variance it explains (1 = a line). */
export function line(points: readonly (readonly [number, number])[]): {
  readonly slope: number
  readonly fit: number
} {
  const meanOf = (which: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[which], 0) / points.length
  const [middleX, middleY] = [meanOf(0), meanOf(1)]
  let [xx, xy, yy] = [0, 0, 0]
  for (const [x, y] of points) {
    xx += (x - middleX) ** 2
    xy += (x - middleX) * (y - middleY)
    yy += (y - middleY) ** 2
  }
  return { slope: xy / xx, fit: xy ** 2 / (xx * yy) }
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits))

/** Columns of equal width, the first one to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return [lineOf(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(lineOf)].join('\n')
}
