import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { companySchema } from '../../src/domain/directory/company.js'
import { devicesToProvision, type ConfigurationObject } from '../../src/domain/directory/provision.js'
import type { DeviceName } from '../../src/domain/ids.js'
import { ahead } from '../../test/support/ahead.js'
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
const [bareApp, barePark, bareFetch] = ['bare', '7000', '7001'] as const
/** From here comes the trunk of what Växel is measured against. */
export const outsideAddress = '127.0.0.4'
const [desk, other] = ['bench-desk', 'bench-other'] as const
/** Of all phones beside Växel's. */
export const password = 'bench'

const settings = `[general]
[default]
parkext => ${lot}
parkpos => 5001-5400
context => parkedcalls
parkingtime => 3600
comebacktoorigin = no
findslot => first
`

export interface Parking {
  talk(): Promise<Talk>
  /** What a phone transfers to in order to park. */
  readonly parkTo: string
  /** Fetches from another phone. */
  fetch(): Promise<LightCall>
}

/**
 * What Växel is measured beside, in the same Asterisk, with the same kinds of endpoints: they differ from Växel's in their context alone.
 * Asterisk's own parking, and the least ARI program that does the same (`bare-parking.ts`).
 */
export interface BesideVaxel {
  readonly resParking: Parking
  readonly bare: Parking
  close(): void
}

export async function openBeside(exchange: Exchange): Promise<BesideVaxel> {
  writeFileSync(join(exchange.places.directory, 'etc/res_parking.conf'), settings)
  await exchange.asteriskCli('module load res_parking.so')
  const shown = await exchange.asteriskCli('parking show default')
  if (!shown.includes(lot)) throw new Error(`res_parking is not there: ${shown}`)
  await pushEndpoints(exchange)
  const bare = await startBare(exchange)
  await exchange.asteriskCli(`dialplan add extension _X!,1,Dial(PJSIP/${desk}) into bench-outside`)
  await addSteps(exchange, silentPark, ['NoOp()', 'Park(default,s)'])
  await addSteps(exchange, barePark, [`Stasis(${bareApp},park)`])
  await addSteps(exchange, bareFetch, [`Stasis(${bareApp},fetch)`])
  await exchange.asteriskCli('dialplan add include parkedcalls into bench-phones')

  const [outside, phones] = await Promise.all([
    LightAgent.open(outsideAddress, exchange.sip),
    LightAgent.open('127.0.0.1', exchange.sip),
  ])
  for (const name of [desk, other]) await phones.register({ name, password })
  let expecting: ((call: LightCall) => void) | undefined
  phones.onCall((call) => expecting?.(call))
  const talk = async (): Promise<Talk> => {
    const atDesk = new Promise<LightCall>((resolve) => (expecting = resolve))
    const caller = await outside.call('100', { number: '+46701740630' })
    caller.sound.speak(marks.outside)
    const phone = await Promise.race([atDesk, caller.answered.then(() => atDesk)])
    phone.sound.speak(marks.phone)
    phone.accept()
    await caller.answered
    return { caller, phone }
  }
  const fetching = (what: string) => () => phones.call(what, { name: other, password })
  return {
    resParking: { talk, parkTo: silentPark, fetch: fetching(space) },
    bare: { talk, parkTo: barePark, fetch: fetching(bareFetch) },
    close: () => {
      bare.kill('SIGKILL')
      outside.close()
      phones.close()
    },
  }
}

async function addSteps(exchange: Exchange, extension: string, steps: readonly string[]): Promise<void> {
  for (const [index, step] of steps.entries())
    await exchange.asteriskCli(
      `dialplan add extension ${extension},${String(index + 1)},${step} into bench-phones`,
    )
}

async function startBare(exchange: Exchange): Promise<ChildProcess> {
  const { url, user, password: secret } = exchange.ari
  const program = join(import.meta.dirname, 'bare-parking.js')
  const child = await ahead(() =>
    spawn(process.execPath, [program, url, user, secret, bareApp], { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve)
    child.once('exit', () => {
      reject(new Error('the bare program ended'))
    })
  })
  return child
}

/** Endpoints of the same kinds as Växel's, in contexts `bench-outside` and `bench-phones`. */
export async function pushEndpoints(
  exchange: Exchange,
  phones: readonly string[] = [desk, other],
): Promise<void> {
  const company = companySchema.parse({
    company: 'bench',
    name: 'Bänken AB',
    language: 'sv',
    zone: 'Europe/Stockholm',
    country: 'SE',
    main: '+46846500400',
    trunk: { name: 'bench-outside', host: `${outsideAddress}:5060`, from: [outsideAddress] },
    reception: { people: ['p0'] },
    people: phones.map((name, index) => ({
      id: `p${String(index)}`,
      name,
      extension: String(100 + index),
      devices: [{ name }],
    })),
  })
  const secrets = new Map(phones.map((name) => [name as DeviceName, password]))
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
