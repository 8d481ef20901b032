import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { problemSchema } from '../../../src/adapters/http/problems.js'
import { httpServer, type Health } from '../../../src/adapters/http/server.js'
import type { CompanyId } from '../../../src/domain/ids.js'
import type { LogFields } from '../../../src/ports/log.js'
import type { Operations } from '../../../src/ports/operations.js'
import type { HoursOperations } from '../../../src/ports/hours-operations.js'
import type { QueueOperations } from '../../../src/ports/queue-operations.js'
import { ManualClock, settle } from '../../support/manual-clock.js'
import { memoryTokens } from '../../support/memory-tokens.js'
import { silentLogger } from '../../support/silent-logger.js'
import { company, person, plain } from '../../domain/directory/sample.js'
import { parkingDesk } from './parking-desk.js'
import { talkingDesk } from './talking-desk.js'

const liten = company({
  people: [...plain.people, person('okar', '103', { parkable: false })],
  parkGroups: [
    { id: 'lager', number: '1', name: 'Lagret', members: ['anna', 'erik'], fetchers: ['anna'] },
    { id: 'chef', number: '2', name: 'Chefer', members: ['erik'], parkers: ['anna'] },
  ],
})
/** A company without queues and hours; what is done with them stands in test/flows. */
const noQueues: QueueOperations & HoursOperations = {
  hours: () => [],
  setHours: () => Promise.resolve({ refused: 'noSuchHours' }),
  queues: () => [],
  callers: () => undefined,
  agents: () => [],
  statistics: () => Promise.resolve({ refused: 'noSuchQueue' }),
  moveCaller: () => ({ refused: 'noSuchQueue' }),
  putFirst: () => ({ refused: 'noSuchQueue' }),
  asAgent: () => Promise.resolve({ refused: 'noSuchPerson' }),
  watchQueues: () => () => undefined,
}
const well: Health = { ready: true, asterisk: 'connected', redis: 'connected', calls: 0 }

async function open() {
  const clock = new ManualClock()
  const desk = parkingDesk(liten, () => clock.now())
  const tokens = memoryTokens()
  const token = await tokens.issue(desk.company, 'a'.repeat(28), 1)
  const otherToken = await tokens.issue('annan' as CompanyId, 'b'.repeat(28), 1)
  const told: { message: string; fields?: LogFields | undefined }[] = []
  const log = {
    ...silentLogger,
    error: (message: string, fields?: LogFields) => void told.push({ message, fields }),
  }
  const talking = talkingDesk()
  const operations: Operations = { ...noQueues, ...desk.operations, ...talking.operations }
  const world = { operations: operations as typeof operations | undefined }
  const server = httpServer({
    health: () => Promise.resolve(well),
    api: { operations: () => world.operations, tokens, clock, log },
  })
  const as =
    (bearer: string | undefined) => async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) =>
      server.inject({
        method,
        url,
        ...(payload === undefined ? {} : { payload }),
        ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
      } satisfies InjectOptions)
  return { clock, desk, talking, tokens, token, otherToken, told, world, server, as, ask: as(token) }
}
let at: Awaited<ReturnType<typeof open>>
beforeEach(async () => {
  at = await open()
})
afterEach(() => at.server.close())

const parked = '/companies/liten/parked'
type Answer = Awaited<ReturnType<FastifyInstance['inject']>>
/** The problem an answer holds, checked against its schema. */
function problemIn(answer: Answer) {
  expect(answer.headers['content-type']).toBe('application/problem+json')
  const found = problemSchema.parse(answer.json())
  expect(found.status).toBe(answer.statusCode)
  expect(found.type).toBe(`urn:vaxel:problem:${found.code}`)
  return found
}

describe('talks by HTTP', () => {
  const talks = '/companies/liten/talks'

  it('I-01 I-03 invites a third, shows the talk, and refuses a fourth with the words', async () => {
    const invited = await at.ask('POST', `${talks}/invite`, {
      person: 'maria',
      number: '102',
      privately: true,
    })
    expect([invited.statusCode, invited.json()]).toEqual([202, { done: 'invite' }])
    expect(at.talking.asked).toEqual([{ kind: 'invite', number: '102', privately: true }])
    expect((await at.ask('GET', talks)).json()).toMatchObject({ talks: [{ state: 'threeWay' }] })
    const fourth = await at.ask('POST', `${talks}/invite`, { person: 'maria', number: '103' })
    expect(problemIn(fourth)).toMatchObject({ code: 'full', detail: 'Ni är redan tre i samtalet.' })
  })

  it.each([
    ['coach', { number: '102' }, { kind: 'coach', number: '102' }],
    ['remove', {}, { kind: 'remove' }],
    ['leave', {}, { kind: 'leave' }],
    ['hold', {}, { kind: 'hold' }],
    ['resume', {}, { kind: 'resume' }],
  ])('I-11 I-12 C-01 C-11 %s', async (verb, more, wanted) => {
    const answer = await at.ask('POST', `${talks}/${verb}`, { person: 'maria', ...more })
    expect([answer.statusCode, answer.json()]).toEqual([202, { done: verb }])
    expect(at.talking.asked).toEqual([wanted])
  })

  it.each<readonly [string, object, string]>([
    ['switch', { person: 'maria', to: 'threeWay' }, 'nobodyInvited'],
    ['bargeIn', { person: 'maria' }, 'mayNotBargeIn'],
    ['remove', { person: 'kalle' }, 'noTalk'],
    ['remove', { device: 'ingen-bord' }, 'noSuchDevice'],
    ['remove', {}, 'badRequest'],
    ['invite', { person: 'maria' }, 'badRequest'],
    ['invite', { person: 'maria', number: '*23#' }, 'badRequest'],
  ])('I-03 %s with %j is refused', async (verb, body, code) => {
    expect(problemIn(await at.ask('POST', `${talks}/${verb}`, body)).code).toBe(code)
    expect(at.talking.asked).toEqual([])
  })
})

describe('parking by HTTP', () => {
  it('P-02 parks the call of a person on an extension, shows it, and fetches it to a telephone', async () => {
    at.desk.hold('maria')
    const parkedOn = await at.ask('POST', parked, { person: 'maria', place: '101' })
    expect([parkedOn.statusCode, parkedOn.json()]).toEqual([201, { place: '101' }])
    expect((await at.ask('GET', parked)).json()).toEqual({
      parked: [
        {
          place: '101',
          state: 'parked',
          party: { name: 'Åsa Öst', number: '+46701740605' },
          parkedBy: 'maria',
          since: '2026-11-23T09:00:00.000Z',
          until: '2026-11-23T09:00:45.000Z',
        },
      ],
    })
    const fetched = await at.ask('POST', `${parked}/101/fetch`, { device: 'bord-anna' })
    expect([fetched.statusCode, fetched.json()]).toEqual([202, { place: '101', device: 'bord-anna' }])
    at.desk.answered('101')
    expect((await at.ask('GET', parked)).json()).toEqual({ parked: [] })
  })
  it('P-02 by device on the own extension; P-28 in a group, which tells where', async () => {
    at.desk.hold('maria')
    expect((await at.ask('POST', parked, { device: 'bord-maria' })).json()).toEqual({ place: '100' })
    at.desk.hold('maria')
    expect((await at.ask('POST', parked, { device: 'bord-maria', group: '1' })).json()).toEqual({
      place: '101',
    })
  })

  const refused: readonly (readonly [
    code: string,
    status: number,
    url: string,
    body: object,
    before?: () => void,
  ])[] = [
    ['occupied', 409, parked, { person: 'maria', place: '101' }, () => at.desk.put('101', 'erik')],
    ['noSuchPlace', 404, parked, { person: 'maria', place: '199' }],
    ['notParkable', 409, parked, { person: 'maria', place: '103' }],
    ['noSuchGroup', 404, parked, { person: 'maria', group: '7' }],
    ['whichGroup', 409, parked, { person: 'maria', group: '' }],
    ['notAllowed', 403, parked, { person: 'maria', group: '2' }],
    [
      'groupFull',
      409,
      parked,
      { person: 'maria', group: '1' },
      () => {
        at.desk.put('101', 'erik')
        at.desk.put('102', 'erik')
      },
    ],
    ['nothingToPark', 409, parked, { person: 'anna', place: '101' }],
    ['threeParty', 409, parked, { person: 'maria', place: '101' }, () => at.desk.hold('maria', 'threeParty')],
    ['noSuchPerson', 404, parked, { person: 'nn', place: '101' }],
    ['noSuchDevice', 404, parked, { device: 'annan-telefon', place: '101' }],
    ['nothing', 404, `${parked}/101/fetch`, { device: 'bord-anna' }],
    ['noSuchDevice', 404, `${parked}/101/fetch`, { device: 'annan-telefon' }],
    [
      'notReachable',
      409,
      `${parked}/101/fetch`,
      { device: 'bord-anna' },
      () => {
        at.desk.put('101', 'erik')
        at.desk.unregister('bord-anna')
      },
    ],
  ]
  for (const [code, status, url, body, before] of refused)
    it(`P-03, P-22 ${url.endsWith('fetch') ? 'fetching' : 'parking'} refused as ${code} (${status})`, async () => {
      at.desk.hold('maria')
      before?.()
      const answer = await at.ask('POST', url, body)
      expect(problemIn(answer)).toMatchObject({ code, status })
      // The caller stays with the parker.
      if (url === parked) expect(at.desk.holds('maria')).toBe(true)
    })
  it('P-12 of two who fetch one call the second is told that it is taken', async () => {
    at.desk.put('101', 'erik')
    const both = await Promise.all(
      ['bord-anna', 'bord-erik'].map((device) => at.ask('POST', `${parked}/101/fetch`, { device })),
    )
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([202, 409])
    expect(problemIn(both.find(({ statusCode }) => statusCode === 409)!).code).toBe('taken')
  })
  it('P-22 fetching from a group needs its permission', async () => {
    at.desk.hold('maria')
    await at.ask('POST', parked, { person: 'maria', group: '1' })
    expect(problemIn(await at.ask('POST', `${parked}/101/fetch`, { device: 'bord-erik' })).code).toBe(
      'notAllowed',
    )
    expect((await at.ask('POST', `${parked}/101/fetch`, { device: 'bord-anna' })).statusCode).toBe(202)
  })
})

describe('tokens', () => {
  it.each([
    ['none', undefined],
    ['a wrong one', 'liten.wrongwrongwrongwrong'],
    ['an empty one', ''],
  ])('%s: 401', async (_what, token) => {
    for (const [method, url] of [
      ['GET', parked],
      ['POST', parked],
      ['GET', '/companies/liten/events'],
      ['GET', '/companies/ingen/parked'],
    ] as const) {
      const answer = await at.as(token)(method, url, method === 'POST' ? { person: 'maria' } : undefined)
      expect(problemIn(answer)).toMatchObject({ code: 'unauthorised', status: 401 })
      expect(answer.headers['www-authenticate']).toContain('Bearer')
    }
  })
  it('one of another company: 403, and nothing is told of whether the company exists', async () => {
    for (const name of ['liten', 'ingen']) {
      const answer = await at.as(at.otherToken)('GET', `/companies/${name}/parked`)
      expect(problemIn(answer)).toMatchObject({ code: 'otherCompany', status: 403 })
    }
  })
  it('is asked for before the body is looked at, and a revoked one is none', async () => {
    expect(problemIn(await at.as(undefined)('POST', parked, { rubbish: 1 })).code).toBe('unauthorised')
    await at.tokens.revokeAll(at.desk.company)
    expect(problemIn(await at.ask('GET', parked)).code).toBe('unauthorised')
  })
})

describe('requests that are wrong', () => {
  it.each([
    [{}, 'body'],
    [{ person: 'maria', device: 'bord-maria' }, 'body'],
    [{ person: 'maria', place: '101', group: '1' }, 'body'],
    [{ person: 'maria', place: '1x' }, 'body.place'],
    [{ person: 'Maria ' }, 'body.person'],
    [{ person: 'maria', group: 1 }, 'body.group'],
    [{ person: 'maria', palce: '101' }, 'body'],
  ])('%j: 400, with the place that is wrong', async (body, where) => {
    const found = problemIn(await at.ask('POST', parked, body))
    expect(found.code).toBe('badRequest')
    expect(found.errors?.map((error) => error.where)).toContain(where)
  })
  it('an address that holds no extension', async () => {
    const found = problemIn(await at.ask('POST', `${parked}/x1/fetch`, { device: 'bord-anna' }))
    expect(found.errors?.[0]?.where).toBe('address.place')
  })
  it.each([
    ['no JSON', 'application/json', '{', 400, 'badRequest'],
    ['nothing at all', 'application/json', '', 400, 'badRequest'],
    ['another type', 'text/xml', '<a/>', 415, 'unsupportedMediaType'],
    ['too much', 'application/json', JSON.stringify({ person: 'x'.repeat(20_000) }), 413, 'tooLarge'],
    ['a name of the language', 'application/json', '{"__proto__":{"person":"maria"}}', 400, 'badRequest'],
  ])('%s', async (_what, type, payload, status, code) => {
    const headers = { authorization: `Bearer ${at.token}`, 'content-type': type }
    const answer = await at.server.inject({ method: 'POST', url: parked, headers, payload })
    expect(problemIn(answer)).toMatchObject({ status, code })
  })
  it.each(['/companies/%zz/parked', `/companies/${'x'.repeat(200)}/parked`])(
    'an address that cannot be read is told as any other problem: %s',
    async (url) => {
      expect(problemIn(await at.as(undefined)('GET', url))).toMatchObject({ code: 'badRequest', status: 400 })
    },
  )
  it('an address that is not there: 404; a method that is not: 405', async () => {
    expect(problemIn(await at.ask('GET', '/nothing'))).toMatchObject({ code: 'notFound' })
    expect(problemIn(await at.ask('PUT', parked, {}))).toMatchObject({
      code: 'methodNotAllowed',
      status: 405,
    })
  })
})

describe('faults of ours', () => {
  it('M-05 the store is away: 503, come again', async () => {
    at.desk.setAway(true)
    for (const [method, url, body] of [
      ['GET', parked, undefined],
      ['POST', parked, { person: 'maria' }],
      ['POST', `${parked}/101/fetch`, { device: 'bord-anna' }],
      ['GET', '/companies/liten/events', undefined],
    ] as const) {
      const answer = await at.ask(method, url, body)
      expect(problemIn(answer)).toMatchObject({ code: 'unavailable', status: 503 })
      expect(answer.headers['retry-after']).toBe('2')
    }
  })
  it('the exchange is starting: 503, while /health answers', async () => {
    at.world.operations = undefined
    expect(problemIn(await at.ask('GET', parked)).code).toBe('unavailable')
    expect((await at.ask('GET', '/health')).json()).toEqual(well)
  })
  it('anything else: 500, logged, and nothing of it told', async () => {
    at.world.operations = {
      ...noQueues,
      ...at.desk.operations,
      ...at.talking.operations,
      list: () => Promise.reject(new Error('secret inside')),
    }
    const answer = await at.ask('GET', parked)
    expect(problemIn(answer).code).toBe('internal')
    expect(answer.body).not.toContain('secret')
    expect(at.told).toHaveLength(1)
  })
})

describe('the description', () => {
  interface Document {
    readonly openapi: string
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>
  }
  const served = async (): Promise<Document> =>
    (await at.as(undefined)('GET', '/openapi.json')).json<Document>()

  it('describes every route of the API', async () => {
    const { openapi, paths } = await served()
    expect(openapi).toBe('3.1.0')
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    const there = await routesOf(at.server)
    const plainOnes = ['GET /health', 'GET /ready', 'GET /openapi.json']
    expect(there.filter((each) => !plainOnes.includes(each)).sort()).toEqual(described.sort())
    expect(described).toHaveLength(35)
  })
  it('names for each route every status the tests above have seen', async () => {
    const { paths } = await served()
    expect(Object.keys(paths['/companies/{company}/parked']!['post']!.responses)).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '404', '409', '500', '503']),
    )
  })
  it('is what docs/openapi.json holds (npx vitest run test/adapters/http -u writes it)', async () => {
    const text = `${JSON.stringify(await served(), undefined, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../../docs/openapi.json')
  })
})

/** What fastify itself says it serves. */
async function routesOf(server: FastifyInstance): Promise<readonly string[]> {
  await server.ready()
  const found: string[] = []
  const stack: { depth: number; path: string }[] = []
  for (const line of server.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^([│ ]*)[├└]── (\S*) \(([A-Z, ]+)\)/.exec(line)
    if (match === null) continue
    const depth = match[1]!.length
    while (stack.length > 0 && stack.at(-1)!.depth >= depth) stack.pop()
    const path = `${stack.at(-1)?.path ?? ''}${match[2]!}`
    stack.push({ depth, path })
    for (const method of match[3]!.split(', ')) found.push(`${method} ${path}`)
  }
  return found
}

describe('events', () => {
  const listen = async (query = '?topics=parked') => {
    const address = await at.server.listen({ host: '127.0.0.1', port: 0 })
    const stop = new AbortController()
    const answer = await fetch(`${address}/companies/liten/events${query}`, {
      headers: { authorization: `Bearer ${at.token}` },
      signal: stop.signal,
    })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (fits: (text: string) => boolean): Promise<string> => {
      while (!fits(text)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the stream ended after: ${text}`)
        text += value
      }
      const seen = text
      text = ''
      return seen
    }
    const ended = async (): Promise<boolean> => {
      for (;;) if ((await reader.read()).done) return true
    }
    return { answer, until, ended, leave: () => stop.abort() }
  }
  const lastList = (text: string): unknown => {
    const data = text
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .at(-1)
    return (JSON.parse(data!.slice(6)) as { parked: { place: string }[] }).parked.map(({ place }) => place)
  }

  it('tell the whole list at once and after each change, keep the connection open, and end with the reader', async () => {
    at.desk.put('100', 'erik')
    const { answer, until, leave } = await listen()
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const first = await until((text) => text.includes('\n\nevent: parked\ndata: ') && text.endsWith('\n\n'))
    expect(first).toContain('retry: 2000')
    expect(lastList(first)).toEqual(['100'])

    at.desk.put('101', 'erik')
    expect(lastList(await until((text) => text.includes('"101"')))).toEqual(['100', '101'])
    at.desk.answered('100')
    at.desk.answered('101')
    expect(lastList(await until((text) => text.includes('data: {"parked":[]}')))).toEqual([])

    await at.clock.advance(15_000)
    await until((text) => text.includes(': still here'))
    expect(at.desk.watchers).toBe(1)
    leave()
    await expect.poll(() => at.desk.watchers).toBe(0)
    expect(at.clock.pending).toBe(0)
  })
  it('I-18 tell the talks again after each change; only the topics that were asked for', async () => {
    const { until, leave } = await listen('?topics=talks')
    const first = await until((text) => text.includes('event: talks') && text.endsWith('\n\n'))
    expect(first).toContain('"state":"two"')
    expect(first).not.toContain('event: parked')
    await at.ask('POST', '/companies/liten/talks/invite', { person: 'maria', number: '102' })
    expect(await until((text) => text.includes('threeWay'))).toContain('event: talks')
    leave()
  })
  it('of a topic that does not exist are refused', async () => {
    const found = problemIn(await at.ask('GET', '/companies/liten/events?topics=parked,weather'))
    expect([found.code, found.errors?.[0]?.where]).toEqual(['badRequest', 'query.topics.1'])
    expect(problemIn(await at.ask('GET', '/companies/liten/parked?sort=up')).code).toBe('badRequest')
  })
  it('M-05 what changed while the store was away follows with the next heartbeat', async () => {
    const { until, leave } = await listen()
    await until((text) => text.includes('data: {"parked":[]}'))
    at.desk.setAway(true)
    at.desk.put('101', 'erik')
    await settle()
    at.desk.setAway(false)
    await at.clock.advance(15_000)
    expect(lastList(await until((text) => text.includes('"101"')))).toEqual(['101'])
    leave()
  })
  it('end when the token is revoked, and when the server closes', async () => {
    const one = await listen()
    await one.until((text) => text.includes('data: '))
    await at.tokens.revokeAll(at.desk.company)
    await at.clock.advance(15_000)
    expect(await one.ended()).toBe(true)
    expect(at.desk.watchers).toBe(0)
  })
  it('do not keep the server from closing', async () => {
    const one = await listen()
    await one.until((text) => text.includes('data: '))
    await at.server.close()
    expect(await one.ended()).toBe(true)
    expect(at.clock.pending).toBe(0)
  })
})
