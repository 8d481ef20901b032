import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCompanyFile } from '../../src/adapters/files/company-file.js'
import type { Company } from '../../src/domain/directory/company.js'
import {
  devicesToProvision,
  provisioningToRemove,
  type ConfigurationObject,
} from '../../src/domain/directory/provision.js'
import type { DeviceName } from '../../src/domain/ids.js'
import { projectDirectory } from '../../src/project.js'
import { startExchange, type Exchange } from '../support/exchange.js'
import { openSipPhone } from './sip-phone.js'

function example(name: string): Company {
  const file = readCompanyFile(readFileSync(join(projectDirectory, 'company', name), 'utf8'))
  if (file.kind === 'refused') throw new Error(JSON.stringify(file.problems))
  return file.company
}
const secretsOf = (company: Company): ReadonlyMap<DeviceName, string> =>
  new Map(
    company.people.flatMap((person) =>
      person.devices.map((device) => [device.name, `secret-of-${device.name}`] as const),
    ),
  )
const provisioningOf = (company: Company) => devicesToProvision(company, secretsOf(company))
const pathOf = ({ module, type, id }: Omit<ConfigurationObject, 'fields'>): string =>
  `/asterisk/config/dynamic/${module}/${type}/${id}`

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('missing in the example')
  return value
}

let exchange: Exchange
const exempel = example('exempel.yaml')
const beispiel = example('beispiel.yaml')

beforeAll(async () => {
  exchange = await startExchange()
})
afterAll(async () => {
  await exchange.stop()
})

describe('the objects of a company, told to Asterisk', () => {
  const wanted = [exempel, beispiel].map(provisioningOf)

  it('takes every field of every object, and has it afterwards', async () => {
    for (const object of wanted.flatMap(({ objects }) => objects)) {
      const put = await exchange.rest('PUT', pathOf(object), { fields: object.fields })
      expect([object.type, object.id, put.status, put.body]).toEqual([object.type, object.id, 200, put.body])
      const { status, body } = await exchange.rest('GET', pathOf(object))
      expect([object.id, status]).toEqual([object.id, 200])
      const has = new Map(
        (body as readonly { attribute: string; value: string }[]).map((field) => [
          field.attribute,
          field.value,
        ]),
      )
      for (const name of ['context', 'aors', 'callerid', 'mailboxes', 'language', 'tone_zone', 'rtp_timeout'])
        for (const field of object.fields.filter((each) => each.attribute === name))
          expect([object.id, name, has.get(name)]).toEqual([object.id, name, field.value])
    }
  })

  it('carries the company on the channels of its endpoints', async () => {
    const shown = await exchange.asteriskCli('pjsip show endpoint bord-eken')
    expect(shown).toMatch(/VAXEL_COMPANY +: exempel/)
    expect(shown).toContain('vaxel-phones')
  })

  it('takes a provider that wants registration and calls from a network', async () => {
    const trunk = {
      ...required(exempel.trunk),
      name: 'registering-trunk' as DeviceName,
      host: '127.0.0.9:5070',
      from: ['127.0.9.0/24', '127.0.0.10'],
      user: '46846500400',
      password: 'given-by-the-provider',
      register: true,
    }
    const { objects } = devicesToProvision({ ...exempel, people: [], trunk }, new Map())
    expect(objects.map(({ type }) => type)).toEqual(['auth', 'aor', 'endpoint', 'identify', 'registration'])
    for (const object of objects)
      expect((await exchange.rest('PUT', pathOf(object), { fields: object.fields })).status).toBe(200)
    expect(await exchange.asteriskCli('pjsip show registrations')).toContain('sip:127.0.0.9:5070')
    const identify = await exchange.asteriskCli('pjsip show identify registering-trunk')
    expect(identify).toContain('127.0.9.0/24')
    expect(identify).toContain('127.0.0.10/32')
  })

  it('knows a provider by its address', async () => {
    const shown = await exchange.asteriskCli('pjsip show identifies')
    expect(shown).toMatch(/exempel-trunk[^]*127\.0\.0\.2\/32[^]*/)
    expect(shown).toMatch(/beispiel-trunk[^]*127\.0\.0\.3\/32/)
  })

  it('lets a phone register with its password', async () => {
    const phone = await openSipPhone({
      user: 'bord-eken',
      password: 'secret-of-bord-eken',
      server: exchange.sip,
    })
    try {
      await phone.register()
      expect(await exchange.asteriskCli('pjsip show aor bord-eken')).toContain('Contact')
    } finally {
      await phone.close()
    }
  })

  it('sets the variables the dialplan falls back on', async () => {
    for (const { name, value } of wanted.flatMap(({ variables }) => variables)) {
      const query = `variable=${encodeURIComponent(name)}&value=${encodeURIComponent(value)}`
      expect((await exchange.rest('POST', `/asterisk/variable?${query}`)).status).toBe(204)
    }
    const read = await exchange.rest('GET', '/asterisk/variable?variable=VAXEL_DIAL_exempel_102')
    expect(read.body).toEqual({ value: 'PJSIP/bord-linden&PJSIP/mobil-vinden' })
  })

  it('forgets what a company no longer has', async () => {
    const without = { ...exempel, people: exempel.people.filter((person) => person.id !== 'anna') }
    const gone = provisioningToRemove(provisioningOf(exempel), provisioningOf(without))
    expect(gone.objects.map(({ type, id }) => `${type} ${id}`)).toEqual([
      'endpoint bord-eken',
      'aor bord-eken',
      'auth bord-eken',
    ])
    for (const object of gone.objects)
      expect((await exchange.rest('DELETE', pathOf(object))).status).toBe(204)
    expect((await exchange.rest('GET', '/endpoints/PJSIP/bord-eken')).status).toBe(404)
    expect((await exchange.rest('GET', '/endpoints/PJSIP/bord-linden')).status).toBe(200)
  })
})
