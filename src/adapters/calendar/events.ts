import type { Zone } from '../../domain/ids.js'
import { propertiesOf, propertyOf, secondsOf, valueOf, type Block } from './lines.js'
import { readTime, type Stated } from './times.js'

/** One VEVENT, understood (RFC 5545, 3.6.1). */
export interface CalendarEvent {
  readonly uid: string
  readonly start: Stated
  readonly end?: Stated | undefined
  /** Instead of an end. */
  readonly duration?: number | undefined
  readonly rule?: string | undefined
  readonly also: readonly Stated[]
  readonly except: readonly Stated[]
  /** This event stands in the place of that occurrence of the series with the same uid. */
  readonly replaces?: Stated | undefined
  readonly cancelled: boolean
  readonly private: boolean
  readonly busy: boolean
  readonly title?: string | undefined
}

const longestId = 255
const longestTitle = 200

/** Undefined for an event without a start that can be read. `position` makes an id where the calendar gives none. */
export function readEvent(block: Block, position: number, home: Zone): CalendarEvent | undefined {
  const [start] = timesOf(block, 'dtstart', home)
  if (start === undefined) return undefined
  const duration = valueOf(block, 'duration')
  return {
    uid: (valueOf(block, 'uid') ?? '').slice(0, longestId) || `event-${String(position)}`,
    start,
    end: timesOf(block, 'dtend', start.zone)[0],
    duration: duration === undefined ? undefined : secondsOf(duration),
    rule: valueOf(block, 'rrule'),
    also: timesOf(block, 'rdate', start.zone),
    except: timesOf(block, 'exdate', start.zone),
    replaces: timesOf(block, 'recurrence-id', start.zone)[0],
    cancelled: word(block, 'status') === 'CANCELLED',
    // An unknown class is to be treated as private (RFC 5545, 3.8.1.3).
    private: !['', 'PUBLIC'].includes(word(block, 'class')),
    busy: isBusy(block),
    title: titleOf(block),
  }
}

function timesOf(block: Block, name: string, zone: Zone): readonly Stated[] {
  return propertiesOf(block, name)
    .flatMap((property) => property.values.map((value) => readTime(value, property, zone)))
    .filter((time) => time !== undefined)
}

/** Outlook writes "free" and "working elsewhere" in a property of its own. */
function isBusy(block: Block): boolean {
  const outlook = word(block, 'x-microsoft-cdo-busystatus')
  return word(block, 'transp') !== 'TRANSPARENT' && outlook !== 'FREE' && outlook !== 'WORKINGELSEWHERE'
}

const word = (block: Block, name: string): string => (valueOf(block, name) ?? '').trim().toUpperCase()

function titleOf(block: Block): string | undefined {
  const title = (propertyOf(block, 'summary')?.values[0] ?? '').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return title === '' ? undefined : Array.from(title).slice(0, longestTitle).join('')
}
