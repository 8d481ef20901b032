import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { companySchema } from '../../src/domain/directory/company.js'
import { devicesToProvision, type ConfigurationObject } from '../../src/domain/directory/provision.js'
import type { DeviceName } from '../../src/domain/ids.js'
import { LightAgent } from '../../test/support/light/agent.js'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type Talk } from '../../test/support/light/office.js'
import type { Exchange } from '../../test/support/exchange.js'

/** The lot gives its first free space; while one call at a time is parked it is this one. */
const space = '5001'
const lot = '700'
/**
 * Parks without saying where (option `s`): Växel says nothing either to a phone that transfers. `Park` stands second, because Asterisk looks
 * at the first step of what a phone transfers to, and where that is `Park` it tells the phone the space, whatever the options, for 3.5 s.
 */
const silentPark = '6000'
/** From here comes the trunk of what Växel is measured against. */
export const outsideAddress = '127.0.0.4'
const [desk, other] = ['bench-desk', 'bench-other'] as const
const password = 'bench'

const settings = `[general]
[default]
parkext => ${lot}
parkpos => 5001-5400
context => parkedcalls
parkingtime => 3600
comebacktoorigin = no
findslot => first
`

/** Asterisk's own parking in the same Asterisk, with the same kinds of endpoints: they differ from Växel's in their context alone. */
export interface ResParking {
  talk(): Promise<Talk>
  /** What a phone transfers to in order to park. */
  readonly parkTo: string
  /** Fetches from another phone. */
  fetch(): Promise<LightCall>
  close(): void
}

export async function openResParking(exchange: Exchange): Promise<ResParking> {
  writeFileSync(join(exchange.places.directory, 'etc/res_parking.conf'), settings)
  await exchange.asteriskCli('module load res_parking.so')
  const shown = await exchange.asteriskCli('parking show default')
  if (!shown.includes(lot)) throw new Error(`res_parking is not there: ${shown}`)
  await pushEndpoints(exchange)
  await exchange.asteriskCli(`dialplan add extension _X!,1,Dial(PJSIP/${desk}) into bench-outside`)
  for (const [index, step] of ['NoOp()', 'Park(default,s)'].entries())
    await exchange.asteriskCli(
      `dialplan add extension ${silentPark},${String(index + 1)},${step} into bench-phones`,
    )
  await exchange.asteriskCli('dialplan add include parkedcalls into bench-phones')

  const [outside, phones] = await Promise.all([
    LightAgent.open(outsideAddress, exchange.sip),
    LightAgent.open('127.0.0.1', exchange.sip),
  ])
  for (const name of [desk, other]) await phones.register({ name, password })
  let expecting: ((call: LightCall) => void) | undefined
  phones.onCall((call) => expecting?.(call))
  return {
    parkTo: silentPark,
    talk: async () => {
      const atDesk = new Promise<LightCall>((resolve) => (expecting = resolve))
      const caller = await outside.call('100', { number: '+46701740630' })
      caller.sound.speak(marks.outside)
      const phone = await Promise.race([atDesk, caller.answered.then(() => atDesk)])
      phone.sound.speak(marks.phone)
      phone.accept()
      await caller.answered
      return { caller, phone }
    },
    fetch: () => phones.call(space, { name: other, password }),
    close: () => {
      outside.close()
      phones.close()
    },
  }
}

/** Endpoints of the same kinds as Växel's, in contexts `bench-outside` and `bench-phones`. */
export async function pushEndpoints(exchange: Exchange): Promise<void> {
  const company = companySchema.parse({
    company: 'bench',
    name: 'Bänken AB',
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46846500400',
    trunk: { name: 'bench-outside', host: `${outsideAddress}:5060`, from: [outsideAddress] },
    reception: { people: ['desk'] },
    people: [
      { id: 'desk', name: 'Desk', extension: '100', devices: [{ name: desk }] },
      { id: 'other', name: 'Other', extension: '101', devices: [{ name: other }] },
    ],
  })
  const secrets = new Map([desk, other].map((name) => [name as DeviceName, password]))
  for (const object of devicesToProvision(company, secrets, exchange.sip.address).objects) {
    const path = `/asterisk/config/dynamic/${object.module}/${object.type}/${object.id}`
    const answer = await exchange.rest('PUT', path, { fields: moved(object) })
    if (answer.status !== 200) throw new Error(`${object.type} ${object.id}: ${JSON.stringify(answer)}`)
  }
}

/** Out of Växel's dialplan: what they dial, and what they transfer to, is looked up in contexts of their own. */
function moved({ type, id, fields }: ConfigurationObject): ConfigurationObject['fields'] {
  if (type !== 'endpoint') return fields
  const context = id === 'bench-outside' ? id : 'bench-phones'
  return [
    ...fields.map((field) => (field.attribute === 'context' ? { ...field, value: context } : field)),
    { attribute: 'set_var', value: 'TRANSFER_CONTEXT=bench-phones' },
  ]
}
