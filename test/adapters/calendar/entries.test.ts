import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCalendar } from '../../../src/adapters/calendar/entries.js'
import type { CalendarReading } from '../../../src/ports/calendar.js'

const window = {
  from: Date.parse('2026-10-20T00:00:00+02:00'),
  until: Date.parse('2026-12-20T00:00:00+01:00'),
  zone: 'Europe/Stockholm',
}

function read(text: string): CalendarReading {
  const reading = readCalendar(text, window)
  for (;;) {
    const step = reading.next()
    if (step.done === true) return step.value
  }
}

const calendar = (...lines: readonly string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n')
const event = (...lines: readonly string[]) => ['BEGIN:VEVENT', 'UID:u', ...lines, 'END:VEVENT'].join('\r\n')
/** Starts of the timed entries, as instants in ISO form. */
const starts = (text: string) =>
  read(text).entries.map((entry) => (entry.allDay ? entry.start : new Date(entry.start).toISOString()))
const at = (text: string) => Date.parse(text)

describe('H-19 one entry', () => {
  it('in UTC, with a title whose commas and folded lines are put right', () => {
    const text = calendar(
      event('DTSTART:20261123T090000Z', 'DTEND:20261123T100000Z', 'SUMMARY:Budget\\, del', '  två'),
    )
    expect(read(text).entries).toEqual([
      {
        id: 'u',
        allDay: false,
        start: at('2026-11-23T09:00:00Z'),
        end: at('2026-11-23T10:00:00Z'),
        private: false,
        busy: true,
        title: 'Budget, del två',
      },
    ])
  })

  it.each([
    ['without a zone in that of the company', 'DTSTART:20261123T090000', '2026-11-23T08:00:00.000Z'],
    ['by its zone', 'DTSTART;TZID=America/New_York:20261123T090000', '2026-11-23T14:00:00.000Z'],
    [
      "by Microsoft's name",
      'DTSTART;TZID=W. Europe Standard Time:20261123T090000',
      '2026-11-23T08:00:00.000Z',
    ],
    [
      'by the end of a path',
      'DTSTART;TZID=/freeassociation.sourceforge.net/Europe/London:20261123T090000',
      '2026-11-23T09:00:00.000Z',
    ],
    ['by an unknown zone as at home', 'DTSTART;TZID=Nowhere:20261123T090000', '2026-11-23T08:00:00.000Z'],
  ])('%s', (_what, line, start) => {
    expect(starts(calendar(event(line, 'DURATION:PT1H')))).toEqual([start])
  })

  it('a whole day, with and without an end', () => {
    const days = (...lines: readonly string[]) => read(calendar(event(...lines))).entries
    expect(days('DTSTART;VALUE=DATE:20261123', 'DTEND;VALUE=DATE:20261125')).toMatchObject([
      { allDay: true, start: '2026-11-23', end: '2026-11-25' },
    ])
    expect(days('DTSTART;VALUE=DATE:20261123')).toMatchObject([{ start: '2026-11-23', end: '2026-11-24' }])
    expect(days('DTSTART;VALUE=DATE:20261123', 'DURATION:P99999999999W')).toMatchObject([
      { start: '2026-11-23', end: '9999-12-31' },
    ])
    // Some programs forget VALUE=DATE.
    expect(days('DTSTART:20261123')).toMatchObject([{ allDay: true, start: '2026-11-23' }])
  })

  it.each([
    ['CLASS:PRIVATE', { private: true }],
    ['CLASS:CONFIDENTIAL', { private: true }],
    ['CLASS:X-SECRET', { private: true }],
    ['CLASS:PUBLIC', { private: false }],
    ['TRANSP:TRANSPARENT', { busy: false }],
    ['TRANSP:OPAQUE', { busy: true }],
    ['X-MICROSOFT-CDO-BUSYSTATUS:FREE', { busy: false }],
    ['X-MICROSOFT-CDO-BUSYSTATUS:OOF', { busy: true }],
  ])('%s', (line, expected) => {
    expect(read(calendar(event('DTSTART;VALUE=DATE:20261123', line))).entries).toMatchObject([expected])
  })

  it('that is cancelled, or lies outside the window, is none', () => {
    expect(read(calendar(event('DTSTART;VALUE=DATE:20261123', 'STATUS:CANCELLED'))).entries).toEqual([])
    expect(read(calendar(event('DTSTART;VALUE=DATE:20261019'))).entries).toEqual([])
    expect(read(calendar(event('DTSTART;VALUE=DATE:20261220'))).entries).toEqual([])
    expect(
      read(calendar(event('DTSTART;VALUE=DATE:20261001', 'DTEND;VALUE=DATE:20261021'))).entries,
    ).toHaveLength(1)
  })

  it('whose start makes no sense is counted, and hides no other', () => {
    const text = calendar(event('DTSTART:garbage'), event('no line at all', 'DTSTART;VALUE=DATE:20261123'))
    expect(read(text)).toMatchObject({ entries: [{ start: '2026-11-23' }], skipped: 1 })
  })

  it('with an alarm inside keeps its own times', () => {
    const text = calendar(
      event(
        'DTSTART;VALUE=DATE:20261123',
        'BEGIN:VALARM',
        'DURATION:PT5M',
        'DTSTART:20200101T000000Z',
        'END:VALARM',
      ),
    )
    expect(read(text).entries).toMatchObject([{ start: '2026-11-23', end: '2026-11-24' }])
  })
})

describe('H-19 a series', () => {
  it('keeps its time on the clock on the wall when the clocks change', () => {
    const text = calendar(
      event(
        'DTSTART;TZID=Europe/Stockholm:20261012T090000',
        'DTEND;TZID=Europe/Stockholm:20261012T100000',
        'RRULE:FREQ=WEEKLY;COUNT=4',
      ),
    )
    expect(starts(text)).toEqual(['2026-10-26T08:00:00.000Z', '2026-11-02T08:00:00.000Z'])
  })

  it('leaves out its exceptions and what was moved, and ends when it says', () => {
    const text = calendar(
      event(
        'DTSTART;TZID=Europe/Stockholm:20261123T090000',
        'DTEND;TZID=Europe/Stockholm:20261123T100000',
        'RRULE:FREQ=DAILY;UNTIL=20261127T080000Z',
        'EXDATE;TZID=Europe/Stockholm:20261124T090000',
      ),
      event(
        'RECURRENCE-ID:20261125T080000Z',
        'DTSTART;TZID=Europe/Stockholm:20261125T150000',
        'DTEND;TZID=Europe/Stockholm:20261125T160000',
      ),
      event('RECURRENCE-ID:20261126T080000Z', 'STATUS:CANCELLED', 'DTSTART:20261126T080000Z'),
    )
    expect(starts(text)).toEqual([
      '2026-11-23T08:00:00.000Z',
      '2026-11-25T14:00:00.000Z',
      '2026-11-27T08:00:00.000Z',
    ])
  })

  it('ends before an end that lies earlier on its last day', () => {
    const series = (until: string) =>
      starts(
        calendar(
          event(
            'DTSTART;TZID=Europe/Stockholm:20261123T003000',
            'DURATION:PT1H',
            `RRULE:FREQ=DAILY;UNTIL=${until}`,
          ),
        ),
      )
    // 23:30 UTC is half past midnight of the next day in Stockholm.
    expect(series('20261124T233000Z')).toHaveLength(3)
    expect(series('20261124T232900Z')).toHaveLength(2)
    expect(series('20261124')).toHaveLength(2)
  })

  it('of whole days, with further dates', () => {
    const text = calendar(
      event(
        'DTSTART;VALUE=DATE:20261102',
        'RRULE:FREQ=MONTHLY;BYDAY=1MO',
        'RDATE;VALUE=DATE:20261111',
        'EXDATE;VALUE=DATE:20261207',
      ),
    )
    expect(starts(text)).toEqual(['2026-11-02', '2026-11-11'])
  })

  it('gives each occurrence an id that stays the same', () => {
    const text = calendar(event('DTSTART;VALUE=DATE:20261123', 'RRULE:FREQ=DAILY;COUNT=2'))
    const ids = read(text).entries.map(({ id }) => id)
    expect(ids).toEqual(['u:2026-11-23', 'u:2026-11-24'])
    expect(read(text).entries.map(({ id }) => id)).toEqual(ids)
  })

  it('finer than days happens once, and is counted as not understood', () => {
    const text = calendar(event('DTSTART:20261123T090000Z', 'DURATION:PT1M', 'RRULE:FREQ=SECONDLY'))
    expect(read(text)).toMatchObject({ entries: [{ start: at('2026-11-23T09:00:00Z') }], skipped: 1 })
  })
})

describe('H-19 H-26 a zone that only the calendar knows', () => {
  const zone = [
    'BEGIN:VTIMEZONE',
    'TZID:Our office',
    'BEGIN:STANDARD',
    'DTSTART:16010101T030000',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0100',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
    'END:STANDARD',
    'BEGIN:DAYLIGHT',
    'DTSTART:16010101T020000',
    'TZOFFSETFROM:+0100',
    'TZOFFSETTO:+0200',
    'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
    'END:DAYLIGHT',
    'END:VTIMEZONE',
  ]
  const one = (start: string, end: string) =>
    read(calendar(...zone, event(`DTSTART;TZID=Our office:${start}`, `DTEND;TZID=Our office:${end}`)))
      .entries[0]

  it.each([
    ['20261024T120000', '20261024T130000', '2026-10-24T10:00:00Z', '2026-10-24T11:00:00Z'],
    ['20261025T120000', '20261025T130000', '2026-10-25T11:00:00Z', '2026-10-25T12:00:00Z'],
    // The hour that comes twice: the first for a start, the second for an end.
    ['20261025T023000', '20261025T024500', '2026-10-25T00:30:00Z', '2026-10-25T01:45:00Z'],
  ])('%s', (start, end, from, until) => {
    expect(one(start, end)).toMatchObject({ start: at(from), end: at(until) })
  })
})

describe('H-19 any text at all', () => {
  const fragments = [
    'BEGIN:VCALENDAR',
    'END:VCALENDAR',
    'BEGIN:VEVENT',
    'END:VEVENT',
    'BEGIN:VTIMEZONE',
    'END:VTIMEZONE',
    'BEGIN:STANDARD',
    'END:STANDARD',
    'BEGIN:VALARM',
    'END:VALARM',
    'UID:a',
    'UID:',
    'DTSTART:20261123T090000Z',
    'DTSTART:20261199T990000',
    'DTSTART;VALUE=DATE:20261123',
    'DTSTART;TZID=__proto__:20261123T090000',
    'DTSTART;TZID=Z:20261123T090000',
    'DTSTART:00010101T000000Z',
    'DTSTART:99991231T235960',
    'DTEND:20261122T000000Z',
    'DTEND;VALUE=DATE:21991231',
    'DURATION:-PT1H',
    'DURATION:P99999999999W',
    'DURATION:x',
    'RRULE:FREQ=DAILY',
    'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'RRULE:FREQ=SECONDLY;INTERVAL=0',
    'RRULE:FREQ=DAILY;COUNT=-1',
    'RRULE:FREQ=WEEKLY;BYDAY=99XX',
    'RRULE:FREQ=DAILY;UNTIL=garbage',
    'RRULE:',
    'RDATE:20261124T090000Z,x,',
    'RDATE;VALUE=PERIOD:20261124T090000Z/PT1H',
    'EXDATE:20261123T090000Z',
    'RECURRENCE-ID:20261123T090000Z',
    'TZID:Z',
    'TZID:__proto__',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+9999',
    'TZOFFSETTO:-0100',
    'CLASS:PRIVATE',
    'STATUS:CANCELLED',
    'SUMMARY:\u0000\ud800 x',
    ' folded',
    ':',
    ';',
    'DTSTART;:',
    'DTSTART;TZID="a:b',
    '\ufeff',
  ]
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...fragments) },
    fc.string({ unit: 'binary', maxLength: 60 }),
  )

  it('gives entries or none, within the window, and never throws (10 000 texts)', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom('\r\n', '\n', '\r'), (lines, end) => {
        const { entries, skipped } = read(lines.join(end))
        expect(skipped).toBeGreaterThanOrEqual(0)
        for (const entry of entries) {
          if (entry.allDay) expect(entry.start < entry.end).toBe(true)
          else {
            expect(entry.start).toBeLessThan(window.until)
            expect(entry.end).toBeGreaterThan(window.from)
          }
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('is read in small steps, so that calls need not wait for a calendar of twenty thousand entries', () => {
    const many = Array.from({ length: 20_500 }, (_, n) =>
      [`BEGIN:VEVENT`, `UID:${String(n)}`, 'DTSTART;VALUE=DATE:20261123', 'END:VEVENT'].join('\n'),
    )
    let steps = 0
    const reading = readCalendar(calendar(...many), window)
    let step = reading.next()
    for (; step.done !== true; step = reading.next()) steps += 1
    expect(steps).toBeGreaterThan(20_000)
    expect(step.value.entries).toHaveLength(2_000)
    expect(step.value.skipped).toBe(18_500)
  })
})
