import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest'
import { readCompanyFile } from '../../src/adapters/files/company-file.js'
import { connectRedis, type ConnectedRedis } from '../../src/adapters/redis/connect.js'
import { reasonNamed, reasonsOf } from '../../src/domain/absence/reasons.js'
import type { Company } from '../../src/domain/directory/company.js'
import type { PersonId } from '../../src/domain/ids.js'
import { absenceNote, absenceSentence, type SpokenAbsence } from '../../src/domain/speech/absence-sentence.js'
import { personName } from '../../src/domain/speech/names.js'
import { textOf } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import { isFree } from '../../src/launcher/ports.js'
import { openContainers, type Containers } from '../support/containers.js'
import { openLines, type Lines } from '../support/lines.js'
import { makeEnvironment } from '../support/make-env.js'
import { startPhone, type Phone } from '../support/phones/phone.js'
import { silentLogger } from '../support/silent-logger.js'

const services = ['redis', 'asterisk', 'vaxel'] as const
const host = '127.0.0.1'

/** Ports of this run, one after the other from a base that is free. */
async function freeBase(): Promise<number> {
  for (let base = 23_000; base < 24_000; base += 200) {
    const free = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        isFree({ what: '', setting: '', address: host, port: base + index, kinds: ['udp', 'tcp'] }),
      ),
    )
    if (free.every(Boolean)) return base
  }
  throw new Error('no ports are free from 23000 to 24000')
}

describe('the images, built and started as docker-compose.yml says', () => {
  let containers: Containers
  let redis: ConnectedRedis
  let lines: Lines
  let company: Company
  let base: number
  const phones: Phone[] = []

  beforeAll(async () => {
    base = await freeBase()
    const variables = await makeEnvironment({
      VAXEL_SIP_PORT: String(base),
      VAXEL_ARI_PORT: String(base + 1),
      VAXEL_REDIS_PORT: String(base + 2),
      VAXEL_HTTP_PORT: String(base + 3),
      VAXEL_RTP_PORTS: `${String(base + 100)}-${String(base + 199)}`,
      // The other company is applied by hand below.
      VAXEL_COMPANIES: 'company/beispiel.yaml',
    })
    containers = await openContainers(variables)
    try {
      for (const service of services) await containers.start(service)
    } catch (error) {
      throw new Error(containers.logs(), { cause: error })
    }
    redis = await connectRedis({ url: `redis://${host}:${String(base + 2)}`, log: silentLogger })
  })
  afterAll(async () => {
    await Promise.all(phones.map((phone) => phone.stop()))
    redis.close()
    await containers.stop()
  })

  const vaxel = (...words: readonly string[]): Promise<string> =>
    containers.exec('vaxel', ['vaxel', ...words])

  it('run without root rights', async () => {
    for (const service of services) expect((await containers.imageOf(service)).User, service).toBe('vaxel')
    expect(await containers.exec('vaxel', ['id', '-u'])).toBe('64088\n')
  })

  it('take a company by vaxel apply', async () => {
    await expect
      .poll(async () => (await fetch(`http://${host}:${String(base + 3)}/ready`)).status, { timeout: 30_000 })
      .toBe(200)
    expect(await vaxel('apply', 'company/exempel.yaml')).toContain('exempel')
    // It exits with 1 as long as the phones of the company are being set up.
    await expect.poll(() => vaxel('status').catch(String), { timeout: 30_000 }).toMatch(/^Exempelbolaget AB/m)
    const file = await vaxel('export', 'exempel')
    const read = readCompanyFile(file)
    if (read.kind !== 'company') throw new Error(JSON.stringify(read))
    company = read.company
  })

  it('H-01 H-30 carry a call: an absence is keyed and confirmed, and a caller hears it', async () => {
    onTestFailed(() => console.log(containers.logs()))
    lines = await openLines({
      VAXEL_SOUNDS_DIR: join(containers.volumes, 'sounds'),
      VAXEL_RECORDINGS_DIR: join(containers.volumes, 'recordings'),
      VAXEL_OWN_DIR: join(containers.volumes, 'own'),
    })
    const anna = await register('anna')
    const maria = await register('maria')
    const setting = await anna.dial('*23*1*2359#')
    await setting.answered()
    await setting.closed(20_000)
    const absence = await spoken('anna')
    const tongue = lines.tongues.sv
    const confirmation = say(tongue, 'absence/set', { absence: absenceNote(tongue, absence) })
    await lines.hear(setting.heard(), 'sv', confirmation)

    const caller = await maria.dial('101')
    await caller.answered()
    const person = personOf('anna')
    const name = personName(tongue, { ...person, company: company.company, person: person.id })
    const sentence = absenceSentence(tongue, name, absence)
    expect(textOf(sentence)).toBe('Anna Berg är på lunch och är åter klockan tjugotre och femtionio.')
    await expect
      .poll(() => lines.hear(caller.heard(), 'sv', sentence).then(() => 'heard', String), { timeout: 15_000 })
      .toBe('heard')
    await caller.hangup()
  })

  it('M-03 go on in the process that stands by when the one that takes calls is killed', async () => {
    onTestFailed(() => console.log(containers.logs()))
    const first = '/tmp/vaxel/vaxel.pid'
    const standsBy = expect.stringContaining('a second process stands by') as string
    await expect.poll(() => vaxel('status'), { timeout: 60_000 }).toEqual(standsBy)
    const killed = await containers.exec('vaxel', ['cat', first])
    await containers.exec('vaxel', ['sh', '-c', `kill -9 "$(cut -d ' ' -f 1 ${first})"`])
    // The one that stands by next has the file of the one that was killed.
    await expect
      .poll(() => containers.exec('vaxel', ['cat', first]).catch(() => killed), { timeout: 60_000 })
      .not.toBe(killed)
    await expect.poll(() => vaxel('status'), { timeout: 60_000 }).toEqual(standsBy)
  })

  it('keep what was confirmed when Redis is killed and its container made anew', async () => {
    await containers.kill('redis')
    await containers.start('redis')
    await expect.poll(() => spoken('anna').then(({ reason }) => reason.id, String)).toBe('lunch')
  })

  function personOf(id: string): Company['people'][number] {
    const person = company.people.find((one) => one.id === id)
    if (person === undefined) throw new Error(`nobody is called ${id}`)
    return person
  }

  async function register(id: string): Promise<Phone> {
    const rows = (await vaxel('phones', 'exempel', '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly registration: string; readonly password: string })
    const row = rows.find(({ registration }) => registration === personOf(id).devices[0]?.name)
    if (row === undefined) throw new Error(`${id} has no phone`)
    const phone = await startPhone({
      name: row.registration,
      password: row.password,
      registrar: `sip:${host}:${String(base)}`,
      ports: { from: base + 10, to: base + 99 },
    })
    phones.push(phone)
    await phone.registered()
    return phone
  }

  /** What is stored of the person's absence, as it is to be spoken now. */
  async function spoken(id: string): Promise<SpokenAbsence> {
    const { set } = await redis.stores.absences.read(company.company, id as PersonId)
    const [absence] = set
    if (absence === undefined) throw new Error(`${id} has no absence`)
    const { until, returnForm } = absence
    return {
      company: company.company,
      reason: reasonNamed(reasonsOf(company), absence.reason),
      return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
      now: Date.now(),
      zone: company.zone,
    }
  }
})
