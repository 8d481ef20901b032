import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startExchange, type Exchange } from '../support/exchange.js'
import { careForFailures } from '../support/after-failure.js'
import { startPhone, type Phone } from '../support/phones/phone.js'
import { silences } from '../support/sound/ears.js'

/**
 * The dialplan without Växel behind it, and the ways into the application. The phones are pushed over ARI as Växel
 * does; the "application" is a bare websocket.
 */
let exchange: Exchange
const phones: Phone[] = []
const applications: WebSocket[] = []
careForFailures(() => exchange)

/** 112 is known without a word from Växel. */
const emergencyDialled = [
  ['112', '112'],
  ['0112', '112'],
  ['+46112', '112'],
  ['90000', '90000'],
] as const

beforeAll(async () => {
  exchange = await startExchange()
  // The hyphen is on purpose: company ids may hold one, and so must the names of variables.
  await variable('VAXEL_DIAL_ex-empel_101', 'PJSIP/anna')
  await variable('VAXEL_DIAL_ex-empel_102', 'PJSIP/bo&PJSIP/bo-mobil')
  await variable('VAXEL_DIAL_ex-empel_reception', 'PJSIP/rut')
  await variable('VAXEL_DID_46812345102', 'PJSIP/bo')
  await variable('VAXEL_TRUNK_ex-empel', 'line')
  for (const [dialled, number] of emergencyDialled)
    if (dialled !== '112') await variable(`VAXEL_EMERGENCY_ex-empel_${dialled}`, number)
})
beforeEach(() => variable('VAXEL_PATIENCE', '1'))
afterAll(() => exchange.stop())
afterEach(async () => {
  for (const socket of applications.splice(0)) socket.terminate()
  await Promise.all(phones.splice(0).map((phone) => phone.stop()))
})

describe('with Växel away', () => {
  it('M-05 a dialled person rings on all devices after 20 s of ringing tone, and both hear each other', async () => {
    await variable('VAXEL_PATIENCE', '20')
    const [anna, bo, mobile] = await Promise.all([phone('anna', 500), phone('bo', 900), phone('bo-mobil')])
    const call = await anna.dial('102')
    expect((await call.progress(3_000)).status).toBe(180)
    const [incoming] = await Promise.all([bo.ringing(30_000), mobile.ringing(30_000)])
    expect(Date.now() - call.startedAt).toBeGreaterThan(18_000)
    await incoming.accept()
    await call.answered(3_000)
    await Promise.all([call.listen(1_500), incoming.listen(1_500)])
    expect(call.packetsReceived()).toBeGreaterThan(40)
    expect(incoming.packetsReceived()).toBeGreaterThan(40)
  })

  it('M-05 a public number reaches its person through a trunk known by address alone', async () => {
    await identify('line', '127.0.0.9')
    await endpoint('line', { context: 'vaxel-trunk' })
    const bo = await phone('bo')
    const line = await callerFrom('127.0.0.9')
    await line.dial('+46812345102')
    await expect(bo.ringing(30_000)).resolves.toMatchObject({ direction: 'incoming' })
  })

  it('M-05 a public number of nobody reaches the reception', async () => {
    await identify('line', '127.0.0.9')
    await endpoint('line', { context: 'vaxel-trunk' })
    const rut = await phone('rut')
    const line = await callerFrom('127.0.0.9')
    await line.dial('+46812345199')
    await expect(rut.ringing(30_000)).resolves.toMatchObject({ direction: 'incoming' })
  })

  it.each(emergencyDialled)(
    'R-01 %s goes out at once, as the emergency number %s',
    async (dialled, number) => {
      const line = await callerFrom('127.0.0.9')
      await exchange.rest('DELETE', '/asterisk/config/dynamic/res_pjsip/aor/line')
      await push('aor', 'line', { contact: `sip:127.0.0.9:${String(line.port)}` })
      await endpoint('line', { aors: 'line', context: 'vaxel-trunk' })
      const anna = await phone('anna')
      await anna.dial(dialled)
      const outgoing = await line.ringing(3_000)
      expect(outgoing.dialled).toBe(number)
    },
  )

  it('a feature code is refused with the congestion tone, not with silence', async () => {
    const anna = await phone('anna')
    const call = await anna.dial('*23*1*1300#')
    await call.progress(3_000)
    const end = await call.closed(40_000)
    expect(end).toMatchObject({ status: 503 })
    expect(call.packetsReceived()).toBeGreaterThan(100)
  })

  it.each(['T', 'e', 'h', 'i', 's', 't'])(
    'R-04 %s, where Asterisk leads calls by itself, cannot be dialled',
    async (extension) => {
      const anna = await phone('anna')
      const call = await anna.dial(extension)
      expect(await call.closed(5_000)).toMatchObject({ status: 404 })
    },
  )
})

describe('with an application', () => {
  it('G-08 a call that came while it was away enters as soon as it is back', async () => {
    const anna = await phone('anna')
    await anna.dial('102')
    await until(async () => (await channels()).length === 1)
    const app = application()
    expect(await app.next('StasisStart')).toMatchObject({
      args: ['phone'],
      channel: { dialplan: { exten: '102', context: 'vaxel-enter' } },
    })
  })

  it.each(['raw', 'escaped', 'none'] as const)(
    'H-01 *23*1*1300# dialled en bloc with # %s arrives',
    async (hash) => {
      const anna = await phone('anna')
      const app = application()
      await app.open
      await anna.dial('*23*1*1300#', { hash })
      const { channel } = await app.next('StasisStart')
      expect(channel.dialplan.exten).toBe(hash === 'none' ? '*23*1*1300' : '*23*1*1300#')
    },
  )

  it.each(['#23#', '*#23#', '*68*101#', '0', '+46701234567', '*98'])(
    '%s reaches it as dialled',
    async (number) => {
      const anna = await phone('anna')
      const app = application()
      await app.open
      await anna.dial(number)
      expect((await app.next('StasisStart')).channel.dialplan.exten).toBe(number)
    },
  )

  it('P-18 a call whose absolute time is up reaches the reception although the application died, however late that has a phone', async () => {
    const anna = await phone('anna')
    const app = application()
    await app.open
    const call = await anna.dial('102')
    const { channel } = await app.next('StasisStart')
    await exchange.rest('POST', `/channels/${channel.id}/answer`)
    await call.answered(3_000)
    await exchange.rest('POST', `/channels/${channel.id}/variable?variable=TIMEOUT(absolute)&value=2`)
    app.socket.terminate()
    await until(async () =>
      (await exchange.asteriskCli('core show channels concise')).includes('!MusicOnHold!'),
    )
    const music = await call.listen(1_000)
    expect(silences(music.samples, { over: 500 })).toEqual([])
    const rut = await phone('rut')
    const offered = await rut.ringing(30_000)
    await offered.accept()
    await offered.listen(800)
    expect(offered.packetsReceived()).toBeGreaterThan(20)
  })

  it('a phone that vanishes without a word does not leave its channel for ever', async () => {
    const anna = await phone('anna', 500, { rtp_timeout: '2' })
    const app = application()
    await app.open
    const call = await anna.dial('102')
    const { channel } = await app.next('StasisStart')
    await exchange.rest('POST', `/channels/${channel.id}/answer`)
    await call.answered(3_000)
    await call.listen(500)
    await anna.kill()
    await until(async () => (await channels()).length === 0)
  })
})

describe('push configuration', () => {
  it('adds contacts to an aor that exists', async () => {
    await push('aor', 'trunk', { contact: 'sip:127.0.0.30' })
    await push('aor', 'trunk', { contact: 'sip:127.0.0.31' })
    expect(await exchange.asteriskCli('pjsip show aor trunk')).toMatch(/127\.0\.0\.30[^]*127\.0\.0\.31/)
  })

  it('refuses to change an endpoint with variables: it is deleted before it is pushed again', async () => {
    await endpoint('changed', { context: 'vaxel-phones' })
    const fields = [{ attribute: 'context', value: 'vaxel-trunk' }]
    const path = '/asterisk/config/dynamic/res_pjsip/endpoint/changed'
    expect((await exchange.rest('PUT', path, { fields })).status).toBe(500)
    await endpoint('changed', { context: 'vaxel-trunk' })
    expect(await exchange.asteriskCli('pjsip show endpoint changed')).toMatch(/^ context +: vaxel-trunk$/m)
  })

  it('adds matches to an identify that exists: it is deleted before it is pushed again', async () => {
    await identify('other', '127.0.0.20')
    await push('identify', 'other', { endpoint: 'anna', match: '127.0.0.21' })
    expect(await exchange.asteriskCli('pjsip show identify other')).toMatch(/127\.0\.0\.20[^]*127\.0\.0\.21/)
    await identify('other', '127.0.0.21')
    expect(await exchange.asteriskCli('pjsip show identify other')).not.toContain('127.0.0.20')
  })
})

interface StasisStart {
  readonly args: readonly string[]
  readonly channel: {
    readonly id: string
    readonly dialplan: { readonly exten: string; readonly context: string }
  }
}

interface Application {
  readonly socket: WebSocket
  readonly open: Promise<void>
  next(type: 'StasisStart'): Promise<StasisStart>
}

function application(): Application {
  const { url, user, password, app } = exchange.ari
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/ari/events?app=${app}&api_key=${user}:${password}`,
  )
  applications.push(socket)
  const open = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const events: (StasisStart & { readonly type: string })[] = []
  socket.on('message', (data: Buffer) => {
    events.push(JSON.parse(data.toString('utf8')) as StasisStart & { readonly type: string })
  })
  const next = async (type: string): Promise<StasisStart> => {
    const found = (): (StasisStart & { readonly type: string }) | undefined =>
      events.find((event) => event.type === type)
    await expect.poll(found, { timeout: 10_000, interval: 20 }).toBeDefined()
    const event = found()
    if (event === undefined) throw new Error(`no ${type}`)
    return event
  }
  return { socket, open, next }
}

async function channels(): Promise<readonly unknown[]> {
  const { body } = await exchange.rest('GET', '/channels')
  return Array.isArray(body) ? (body as readonly unknown[]) : []
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 15_000, interval: 50 }).toBe(true)
}

async function phone(name: string, tone = 0, fields: Readonly<Record<string, string>> = {}): Promise<Phone> {
  await push('auth', name, { auth_type: 'userpass', username: name, password: `secret-${name}` })
  await push('aor', name, { max_contacts: '1', remove_existing: 'yes' })
  await endpoint(name, { auth: name, aors: name, context: 'vaxel-phones', ...fields })
  const started = await startPhone({
    name,
    password: `secret-${name}`,
    registrar: `sip:127.0.0.1:${String(exchange.ports.sip)}`,
    ports: exchange.ports.phoneRange,
    rtpPorts: { from: exchange.ports.base + 220, to: exchange.ports.base + 259 },
    tone,
  })
  phones.push(started)
  await started.registered(5_000)
  return started
}

/** A telephone that does not register, at an address of its own: the far end of a trunk. */
async function callerFrom(address: string): Promise<Phone> {
  const started = await startPhone({
    name: 'line',
    registrar: `sip:127.0.0.1:${String(exchange.ports.sip)}`,
    ports: exchange.ports.phoneRange,
    address,
  })
  phones.push(started)
  return started
}

async function endpoint(id: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await exchange.rest('DELETE', `/asterisk/config/dynamic/res_pjsip/endpoint/${id}`)
  await push('endpoint', id, {
    disallow: 'all',
    allow: 'alaw',
    direct_media: 'no',
    set_var: 'VAXEL_COMPANY=ex-empel',
    ...fields,
  })
}

async function identify(id: string, address: string): Promise<void> {
  await exchange.rest('DELETE', `/asterisk/config/dynamic/res_pjsip/identify/${id}`)
  await push('identify', id, { endpoint: id, match: address })
}

async function push(type: string, id: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await exchange.rest('PUT', `/asterisk/config/dynamic/res_pjsip/${type}/${id}`, {
    fields: Object.entries(fields).map(([attribute, value]) => ({ attribute, value })),
  })
  expect(answer.status, `${type} ${id}: ${JSON.stringify(answer.body)}`).toBe(200)
}

async function variable(name: string, value: string): Promise<void> {
  const answer = await exchange.rest(
    'POST',
    `/asterisk/variable?variable=${encodeURIComponent(name)}&value=${encodeURIComponent(value)}`,
  )
  expect(answer.status).toBe(204)
}
