import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../../src/cli/command.js'
import { commands } from '../../src/cli/commands.js'
import { runCommandLine } from '../../src/cli/run.js'
import { newSecret } from '../../src/cli/secret.js'
import type { QueueVisit, VisitEnd } from '../../src/domain/queue/visit.js'
import type { AgentId, CallId, CompanyId, Instant, PersonId } from '../../src/domain/ids.js'
import type { ExchangeReport } from '../../src/ports/provisioning.js'
import type { Change } from '../../src/ports/feed.js'
import { memoryStores } from '../support/memory-stores.js'
import { memoryTokens } from '../support/memory-tokens.js'

const project = join(import.meta.dirname, '../..')
const exempel = join(project, 'company/exempel.yaml')
const beispiel = join(project, 'company/beispiel.yaml')
const source = (file: string): string => readFileSync(file, 'utf8')
const exempelId = 'exempel' as CompanyId
/** A Monday, 2026-10-19 09:30 in Stockholm. */
const monday: Instant = Date.UTC(2026, 9, 19, 7, 30)

/** A terminal with its own stores, clock and folder: what a user sees is what the test sees. */
function terminal() {
  const memory = memoryStores()
  const tokens = memoryTokens()
  const folder = mkdtempSync(join(tmpdir(), 'vaxel-cli-'))
  const changes: Change[] = []
  memory.feed.listen((change) => void changes.push(change))
  let now = monday
  let secrets = 0
  let out = ''
  let notes = ''
  let opened = 0
  const world = {
    ...memory,
    tokens,
    folder,
    changes,
    reports: [] as ExchangeReport[],
    /** Called while a command waits. */
    onPause: undefined as (() => void) | undefined,
    get opened() {
      return opened
    },
    file: (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    async run(...words: string[]) {
      out = ''
      notes = ''
      const exit = await runCommandLine(words, context)
      expect(opened).toBe(0)
      return { exit, out, notes }
    },
  }
  const context: Context = {
    environment: {},
    projectDirectory: project,
    write: (text) => void (out += text),
    note: (line) => void (notes += `${line}\n`),
    now: () => now,
    pause: (duration) => {
      now += duration
      world.onPause?.()
      return Promise.resolve()
    },
    newSecret: () => `hemligt-${String(++secrets)}`,
    connect: () => {
      opened += 1
      return Promise.resolve({
        stores: memory.stores,
        tokens,
        exchanges: { report: () => Promise.resolve(), exchanges: () => Promise.resolve(world.reports) },
        close: () => {
          opened -= 1
          return Promise.resolve()
        },
      })
    },
  }
  return world
}

let at: ReturnType<typeof terminal>
beforeEach(() => {
  at = terminal()
})
afterEach(() => {
  rmSync(at.folder, { recursive: true })
})
const report = (version: number, more: Partial<ExchangeReport> = {}): ExchangeReport => ({
  node: 'a',
  at: monday,
  asterisk: 'connected',
  provisioned: { [exempelId]: { version } },
  ...more,
})

describe('vaxel apply', () => {
  it('applies, tells the feed and gives phones passwords; export gives back the same letters', async () => {
    const { exit, out } = await at.run('apply', exempel, beispiel)
    expect(exit).toBe(0)
    expect(out).toContain('+ company exempel (Exempelbolaget AB): 13 people, 14 devices')
    expect(out).toContain('exempel: version 1 is stored; no exchange is running')
    expect(at.changes).toEqual([
      { kind: 'company', company: 'exempel' },
      { kind: 'company', company: 'beispiel' },
    ])
    expect((await at.run('export', 'exempel')).out).toBe(source(exempel))
    expect((await at.run('export', 'beispiel')).out).toBe(source(beispiel))
  })
  it.each([
    ['a byte order mark', `\ufeff${source(beispiel)}`],
    ['line ends of Windows', source(beispiel).replaceAll('\n', '\r\n')],
    ['no line end at the end', source(beispiel).trimEnd()],
    ['comments of any letters', `${source(beispiel)}# ✓ 你好 \u{1f4de}\n\n\n`],
  ])('apply then export is the identity with %s', async (_what, text) => {
    expect((await at.run('apply', at.file('b.yaml', text))).exit).toBe(0)
    expect((await at.run('export', 'beispiel')).out).toBe(text)
  })
  it('applies nothing when one of several files is wrong', async () => {
    const wrong = at.file('w.yaml', source(beispiel).replace('role: Zentrale', 'role: Zentral'))
    const { exit, notes } = await at.run('apply', exempel, wrong)
    expect(exit).toBe(1)
    expect(notes).toMatch(/w\.yaml:\d+:\d+: error: people\[0\]\.role: there is no role "Zentral"/)
    expect(notes).toContain('Nothing was applied: correct this first.')
    expect(await at.stores.companies.list()).toEqual([])
    expect(at.changes).toEqual([])
  })
  it('keeps tenants apart: refuses a phone that another applied company has', async () => {
    await at.run('apply', exempel)
    const thief = at.file('t.yaml', source(beispiel).replace('empfang-tisch', 'bord-eken'))
    const { exit, notes } = await at.run('apply', thief)
    expect(exit).toBe(1)
    expect(notes).toMatch(
      /t\.yaml:\d+:\d+: error: people\[0\]\.devices\[0\]\.name: the device name bord-eken belongs to the company exempel/,
    )
    expect(await at.stores.companies.list()).toEqual(['exempel'])
  })
  it('refuses one company in two files', async () => {
    const { exit, notes } = await at.run('apply', exempel, at.file('again.yaml', source(exempel)))
    expect([exit, notes]).toEqual([1, expect.stringContaining('the company exempel is in')])
  })
  it('shows the difference without secrets, and only shows it with --dry-run', async () => {
    await at.run('apply', exempel)
    const changed = at.file(
      'c.yaml',
      source(exempel).replace('extension: 101', 'extension: 151').replace('2704', '2705'),
    )
    const dry = await at.run('apply', '--dry-run', changed)
    expect(dry.out).toBe(
      'exempel\n  ~ people.anna.extension: 101 -> 151\n  ~ people.anna.pin (secret changed)\n',
    )
    expect((await at.stores.companies.read(exempelId))?.version).toBe(1)
    await at.run('apply', changed)
    expect((await at.stores.companies.read(exempelId))?.version).toBe(2)
    expect((await at.run('export', 'exempel')).out).toBe(source(changed))
  })
  it('writes nothing when the file is the same, and keeps passwords', async () => {
    await at.run('apply', exempel)
    const before = (await at.run('phones')).out
    const { exit, out } = await at.run('apply', exempel)
    expect([exit, out]).toEqual([0, expect.stringContaining('nothing changes')])
    expect((await at.stores.companies.read(exempelId))?.version).toBe(1)
    expect((await at.run('phones')).out).toBe(before)
  })
  it('stores a change of comments, so that export stays the identity', async () => {
    await at.run('apply', exempel)
    const commented = at.file('c.yaml', `${source(exempel)}# ny rad\n`)
    expect((await at.run('apply', commented)).out).toContain('only comments or layout change')
    expect((await at.run('export', 'exempel')).out).toBe(source(commented))
  })
  it('refuses to overwrite what somebody else applied at the same moment', async () => {
    await at.run('apply', exempel)
    const changed = at.file('c.yaml', source(exempel).replace('extension: 101', 'extension: 151'))
    const before = await at.stores.companies.read(exempelId)
    if (before === undefined) throw new Error('not applied')
    let raced = false
    at.control.onCall = async ({ method, moment }) => {
      if (raced || method !== 'write' || moment !== 'before') return
      raced = true
      await at.stores.companies.write(before.company, before.source, 1, monday)
    }
    const { exit, notes } = await at.run('apply', changed)
    expect([exit, notes]).toEqual([1, expect.stringContaining('somebody else applied it')])
    expect((await at.stores.companies.read(exempelId))?.source).toBe(source(exempel))
  })
  it('waits until the running exchange has set up the phones', async () => {
    at.reports = [report(0)]
    at.onPause = () => (at.reports = [report(1)])
    expect((await at.run('apply', exempel)).out).toContain('its phones are set up on the running exchange.')
  })
  it.each<[string, ExchangeReport, number, string]>([
    ['is late', report(0), 0, 'the exchange a has not set up its phones yet'],
    ['is away from Asterisk', report(0, { asterisk: 'away' }), 0, 'not connected to Asterisk'],
    [
      'has a problem',
      report(1, { provisioned: { [exempelId]: { version: 1, problem: 'no room' } } }),
      1,
      'no room',
    ],
  ])('says so when the exchange %s', async (_what, told, exit, says) => {
    at.reports = [told]
    const result = await at.run('apply', exempel)
    expect(result.exit).toBe(exit)
    expect(result.out + result.notes).toContain(says)
    expect((await at.stores.companies.read(exempelId))?.version).toBe(1)
  })
  it('refuses a file that is not there, a folder, and bytes that are no text', async () => {
    expect(await at.run('apply', join(at.folder, 'none.yaml'))).toMatchObject({
      exit: 1,
      notes: expect.stringContaining('there is no such file') as string,
    })
    expect(await at.run('apply', at.folder)).toMatchObject({
      exit: 1,
      notes: expect.stringContaining('a directory') as string,
    })
    const latin = join(at.folder, 'latin.yaml')
    writeFileSync(latin, Buffer.from(source(exempel), 'latin1'))
    expect(await at.run('apply', latin)).toMatchObject({
      exit: 1,
      notes: expect.stringContaining('not UTF-8') as string,
    })
  })
})

describe('vaxel lint', () => {
  it('O-18 reads a file or an applied company', async () => {
    await at.run('apply', exempel)
    expect(await at.run('lint', exempel)).toMatchObject({ exit: 0, out: `${exempel}: nothing to remark\n` })
    expect(await at.run('lint', 'exempel')).toMatchObject({ exit: 0, out: 'exempel: nothing to remark\n' })
  })
  it('O-18 tells warnings with their place; --strict makes them count', async () => {
    const file = at.file('l.yaml', source(exempel).replace('pin: 2704', 'pin: 1111'))
    const { exit, out } = await at.run('lint', file)
    expect(exit).toBe(0)
    expect(out).toMatch(/l\.yaml:\d+:10: warning: people\[1\]\.pin: is easy to guess/)
    expect((await at.run('lint', '--strict', file)).exit).toBe(1)
  })
  it('exits with 1 at errors', async () => {
    expect(await at.run('lint', at.file('l.yaml', 'a: 1\n'))).toMatchObject({ exit: 1 })
  })
})

describe('vaxel status', () => {
  it('tells who is absent now, by rule and by key, and hides sensitive reasons (H-16, H-31)', async () => {
    await at.run('apply', exempel)
    await at.stores.absences.replace(
      exempelId,
      'erik' as PersonId,
      0,
      {
        v: 1,
        version: 1,
        cancelled: [],
        set: [
          {
            id: 'x',
            person: 'erik' as PersonId,
            reason: 'absent',
            source: 'person',
            from: monday - 1,
            until: monday + 7_200_000,
            setBy: 'erik' as PersonId,
            setAt: monday - 1,
            means: 'keypad',
          },
        ],
      },
      { command: 'x', at: monday, person: 'erik' as PersonId, by: 'erik' as PersonId, means: 'keypad' },
    )
    const { out } = await at.run('status')
    expect(out).toContain(
      'Exempelbolaget AB (exempel)  version 1, applied 2026-10-19 09:30:00; 13 people, 14 phones',
    )
    expect(out).toMatch(/101 +Anna Berg +meeting +2026-10-19 10:00 +recurring/)
    expect(out).toMatch(/102 +Erik Sandström +absent +2026-10-19 11:30 +person/)
    expect(out).not.toContain('Maria Lindqvist')
  })
  it('exits with 0 only when an exchange runs, is connected and has everything', async () => {
    await at.run('apply', exempel)
    expect(await at.run('status')).toMatchObject({
      exit: 1,
      out: expect.stringContaining('none is running') as string,
    })
    at.reports = [report(1, { asteriskVersion: '22.10.1' })]
    expect(await at.run('status')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('a: connected to Asterisk 22.10.1') as string,
    })
    at.reports = [report(1, { asteriskVersion: '22.10.1', standby: 'ready' })]
    expect(await at.run('status')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('22.10.1; a second process stands by\n') as string,
    })
    at.reports = [report(1, { standby: 'none' })]
    expect(await at.run('status')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('; no second process stands by\n') as string,
    })
    at.reports = [report(0)]
    expect(await at.run('status')).toMatchObject({
      exit: 1,
      out: expect.stringContaining('has not set up this version') as string,
    })
    at.reports = [report(1, { asterisk: 'away' })]
    expect(await at.run('status')).toMatchObject({
      exit: 1,
      out: expect.stringContaining('NOT connected') as string,
    })
  })
  it('tells a record it cannot read, and goes on', async () => {
    await at.run('apply', exempel, beispiel)
    at.control.spoilCompany(exempelId)
    const { exit, out } = await at.run('status')
    expect(exit).toBe(1)
    expect(out).toContain('cannot be read')
    expect(out).toContain('Beispiel GmbH')
  })
})

describe('vaxel trace', () => {
  const call = '1760858400.7' as CallId
  beforeEach(async () => {
    await at.run('apply', exempel)
    for (const [rule, result] of [
      ['R-04 dialled', 'person anna'],
      ['R-05 absence', 'announcement'],
    ] as const)
      await at.stores.traces.append(exempelId, call, {
        at: monday,
        zone: 'Europe/Stockholm',
        rule,
        result,
        inputs: { dialled: '101', absence: { reason: 'lunch' }, unknown: undefined },
      })
  })
  it('R-08 prints each decision with its time, inputs and result', async () => {
    const { exit, out } = await at.run('trace', call)
    expect([exit, out]).toEqual([
      0,
      `call ${call} of exempel (times in Europe/Stockholm)
2026-10-19 09:30:00  R-04 dialled  ->  person anna
    dialled: 101
    absence: {"reason":"lunch"}
2026-10-19 09:30:00  R-05 absence  ->  announcement
    dialled: 101
    absence: {"reason":"lunch"}
`,
    ])
  })
  it('R-08 finds the newest call, in any company or in the named one', async () => {
    await at.run('apply', beispiel)
    expect((await at.run('trace', '--last')).out).toContain(call)
    expect(await at.run('trace', '--last', '--company', 'beispiel')).toMatchObject({
      exit: 1,
      notes: 'No call was traced yet.\n',
    })
    expect(
      (await at.run('trace', '--json', call)).out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { rule: string }).rule),
    ).toEqual(['R-04 dialled', 'R-05 absence'])
  })
  it('R-08 says when there is none', async () => {
    expect(await at.run('trace', 'nn')).toMatchObject({
      exit: 1,
      notes: expect.stringContaining('no trace of the call nn') as string,
    })
    expect((await at.run('trace')).exit).toBe(2)
    expect((await at.run('trace', call, '--last')).exit).toBe(2)
  })
})

describe('vaxel phones, codes and dialplan', () => {
  it('prints number, name, registration name and password of each phone', async () => {
    await at.run('apply', exempel)
    const { out } = await at.run('phones', 'exempel')
    expect(out).toMatch(/^101 +Anna Berg +fixed +bord-eken +hemligt-\d+$/m)
    expect(out).toMatch(/^102 +Erik Sandström +mobile +mobil-vinden +hemligt-\d+$/m)
    const json = (await at.run('phones', '--json')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(json).toHaveLength(14)
    expect(json[1]).toMatchObject({ company: 'exempel', number: '101', registration: 'bord-eken' })
  })
  it('prints the codes in three languages', async () => {
    const texts: string[] = []
    for (const language of ['sv', 'de', 'en']) texts.push((await at.run('codes', '--language', language)).out)
    for (const text of texts) expect(text).toContain('*23')
    expect(new Set(texts).size).toBe(3)
    expect((await at.run('codes', '--language', 'fr')).exit).toBe(2)
    expect((await at.run('codes', '--markdown')).out).toContain('| English | svenska | Deutsch |')
  })
  it('prints the dialplan of the codes', async () => {
    expect((await at.run('dialplan')).out).toContain('[vaxel-feature-codes]')
  })
  it('makes passwords that are long and never the same', () => {
    const made = Array.from({ length: 200 }, newSecret)
    expect(new Set(made).size).toBe(200)
    expect(made.every((secret) => /^[A-Za-z0-9]{28}$/.test(secret))).toBe(true)
  })
})

describe('called wrongly, or with Redis away', () => {
  it.each([
    [['bogus'], 'There is no command "bogus". There are: apply, lint, export'],
    [['apply'], 'name at least one company file'],
    [['apply', '--force', 'x.yaml'], "Unknown option '--force'"],
    [['export'], 'name one company'],
    [['lint'], 'name a company file or a company'],
    [['status', 'x'], 'takes no words'],
    [['prompts', '--language', 'fr', '--out', '/nowhere'], 'there is no language "fr"'],
  ])('%j exits with 2 and says why', async (words, says) => {
    expect(await at.run(...words)).toMatchObject({ exit: 2, notes: expect.stringContaining(says) as string })
  })
  it('has help for every command', async () => {
    const overview = await at.run('--help')
    expect(overview.exit).toBe(0)
    for (const { name } of commands) {
      expect(overview.out).toContain(`\n  ${name} `)
      expect(await at.run(name, '--help')).toMatchObject({
        exit: 0,
        out: expect.stringContaining(`vaxel ${name}`) as string,
        notes: '',
      })
    }
    expect((await at.run()).exit).toBe(2)
  })
  it('names the companies there are', async () => {
    expect((await at.run('export', 'exempel')).notes).toContain('none was applied yet')
    await at.run('apply', beispiel)
    expect(await at.run('export', 'exempel')).toMatchObject({
      exit: 1,
      notes: 'There is no company "exempel". There are: beispiel\n',
    })
  })
  it.each([
    [['apply', exempel]],
    [['export', 'exempel']],
    [['status']],
    [['trace', '--last']],
    [['phones']],
    [['lint', 'exempel']],
  ])('M-05 %j says that Redis cannot be reached', async (words) => {
    at.control.setUnavailable(true)
    expect(await at.run(...words)).toMatchObject({
      exit: 1,
      notes: expect.stringContaining('Redis cannot be reached') as string,
    })
  })
})

describe('vaxel stats', () => {
  const visit = (name: string, day: number, seconds: number, end: VisitEnd): QueueVisit => {
    const enteredAt = monday + day * 86_400_000
    const leftAt = enteredAt + seconds * 1000
    const queue = { v: 1, company: exempelId, queue: 'support', call: name as CallId, vip: false } as const
    return { ...queue, arrivedAt: enteredAt, enteredAt, leftAt, endedAt: leftAt, end }
  }
  const filled = async () => {
    const world = terminal()
    await world.run('apply', exempel)
    const { queueLog } = world.stores
    const agent = 'karin' as AgentId
    await queueLog.add(visit('c1', 0, 12, { how: 'answered', agent }), 0)
    await queueLog.add(visit('c2', 0, 200, { how: 'answered', agent }), 0)
    await queueLog.add(visit('c3', 0, 9, { how: 'abandoned', position: 1 }), 0)
    await queueLog.add(visit('c4', 1, 180, { how: 'overflowed', why: 'maxWait', to: 'voicemail' }), 0)
    return world
  }
  const days = ['--from', '2026-10-19', '--to', '2026-10-20'] as const

  it('Q-25 prints a line a day and one for all, with both service levels', async () => {
    const world = await filled()
    const { exit, out } = await world.run('stats', 'support', ...days, '--within', '15')
    expect(exit).toBe(0)
    expect(out.split('\n')).toEqual([
      'Support, 2026-10-19 to 2026-10-20',
      '',
      'date        offered  answered  abandoned  < 5 s  elsewhere  callback  average  longest  in 15 s  of all  > 180 s',
      '2026-10-19  3        2         1          0      0          0         106 s    200 s    33.3 %   33.3 %  33.3 %',
      '2026-10-20  1        0         0          0      1          0         -        -        -        0.0 %   0.0 %',
      'all         4        2         1          0      1          0         106 s    200 s    33.3 %   25.0 %  25.0 %',
      '',
    ])
  })

  it('Q-25 as CSV and as JSON, of today if no days are named', async () => {
    const world = await filled()
    const csv = await world.run('stats', 'exempel', 'support', ...days, '--csv')
    const [head = '', ...lines] = csv.out.split('\r\n')
    expect(lines.map((line) => line.split(',').slice(0, 3))).toEqual([
      ['support', '2026-10-19', '3'],
      ['support', '2026-10-20', '1'],
      [''],
    ])
    expect(lines[1]?.split(',')[head.split(',').indexOf('overflowed_max_wait')]).toBe('1')
    const json = await world.run('stats', 'support', '--json')
    expect(JSON.parse(json.out)).toMatchObject({
      queue: 'support',
      from: '2026-10-19',
      to: '2026-10-19',
      total: { offered: 3, answered: 2 },
    })
  })

  it.each([
    [['stats', 'nothing'], 'has no queue "nothing"'],
    [['stats', 'support', '--from', 'soon'], '--from takes a date'],
    [['stats', 'support', '--from', '2026-10-20'], '--to comes after --from'],
    [['stats', 'support', '--within', '0'], '--within takes seconds'],
    [['stats', 'support', '--csv', '--json'], 'either --csv or --json'],
    [['stats'], 'name one queue'],
  ])('%j says what is wrong', async (words, wrong) => {
    const world = await filled()
    const { exit, notes } = await world.run(...words)
    expect([exit > 0, notes]).toEqual([true, expect.stringContaining(wrong)])
  })
})

describe('vaxel hours', () => {
  const withHours = `company: exempel
name: Exempelbolaget AB
language: sv
zone: Europe/Stockholm
country: SE
main: +46846500400
reception: { people: [maria] }
people:
  - { id: maria, name: Maria Lindqvist, extension: 100, devices: [{ name: sal-reception }] }
hours:
  - id: kontor
    week: { mon: [08:00-17:00], thu: [08:00-17:00], fri: [08:00-16:00] }
    holidays: { days: { julafton: [08:00-12:00] } }
    exceptions:
      - { date: 2026-12-28, open: closed, note: klämdag }
`
  const applied = async () => {
    const world = terminal()
    expect((await world.run('apply', world.file('med-tider.yaml', withHours))).notes).toBe('')
    return world
  }

  it('O-03 prints openings, holidays and exceptions day by day', async () => {
    const world = await applied()
    const { exit, out } = await world.run(
      'hours',
      'exempel',
      'kontor',
      '--from',
      '2026-12-24',
      '--to',
      '2026-12-28',
    )
    expect(exit).toBe(0)
    expect(out.split('\n')).toEqual([
      'kontor is open now',
      '',
      'kontor',
      'date             open',
      '2026-12-24  thu  08:00-12:00  julafton',
      '2026-12-25  fri  closed       juldagen',
      '2026-12-26  sat  closed       annandag jul',
      '2026-12-27  sun  closed',
      '2026-12-28  mon  closed       klämdag',
      '',
    ])
    const json = await world.run('hours', 'exempel', '--from', '2026-12-24', '--to', '2026-12-24', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ hours: 'kontor', open: ['08:00-12:00'], because: 'holiday' })
  })

  it('O-04 opens and closes by hand until a time, and in an emergency until it is lifted', async () => {
    const world = await applied()
    const closed = await world.run('hours', 'exempel', 'kontor', '--close', '--until', '11:00')
    expect(closed.out).toBe('kontor is closed now by hand, until 2026-10-19 11:00:00\n')
    expect((await world.run('hours', 'exempel', 'kontor', '--usual')).out).toBe('kontor is open now\n')
    expect((await world.run('hours', 'exempel', '--emergency')).out).toBe(
      'kontor is closed now (emergency)\n',
    )
    const open = await world.run('hours', 'exempel', '--open', '--until', '2026-10-19 20:00')
    expect(open.out).toBe('kontor is closed now (emergency)\n')
    expect((await world.run('hours', 'exempel', '--lift')).out).toBe(
      'kontor is open now by hand, until 2026-10-19 20:00:00\n',
    )
    expect(world.changes.filter(({ kind }) => kind === 'hours')).toHaveLength(5)
  })

  it.each([
    [['--open'], 'say --until'],
    [['--open', '--until', 'soon'], '--until takes a time'],
    [['--open', '--close'], 'one of --open'],
    [['--from', 'soon'], '--from takes a date'],
    [['--from', '2026-12-24', '--to', '2026-12-01'], '--to comes after --from'],
  ])('O-04 is called wrongly with %j', async (words, says) => {
    const { exit, notes } = await (await applied()).run('hours', 'exempel', ...words)
    expect([exit, notes]).toEqual([2, expect.stringContaining(says)])
  })

  it('O-04 refuses an end that is past, and hours there are none of', async () => {
    const world = await applied()
    const past = await world.run('hours', 'exempel', '--open', '--until', '2026-10-19 09:00')
    expect([past.exit, past.notes]).toEqual([1, '2026-10-19 09:00 is past already.\n'])
    const none = await world.run('hours', 'exempel', 'nn')
    expect([none.exit, none.notes]).toEqual([1, 'There are no hours "nn". There are: kontor\n'])
  })
})

describe('vaxel token', () => {
  it('prints a token that opens the company, until all are revoked', async () => {
    await at.run('apply', exempel)
    const { exit, out } = await at.run('token', 'exempel')
    expect(exit).toBe(0)
    const token = out.trim()
    expect(token).toMatch(/^exempel\.\S+$/)
    expect(await at.tokens.holder(token)).toBe('exempel')
    expect((await at.run('token', 'exempel', '--revoke')).notes).toContain('tokens of exempel ended: 1')
    expect(await at.tokens.holder(token)).toBeUndefined()
  })
  it('refuses a company there is none of, and asks for its name', async () => {
    expect(await at.run('token', 'ingen')).toMatchObject({ exit: 1, out: '' })
    expect((await at.run('token')).exit).toBe(2)
  })
})
