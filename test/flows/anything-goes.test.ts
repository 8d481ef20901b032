import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FakeLeg } from '../support/fake-exchange.js'
import { Office, officeFile } from '../support/office.js'
import { closeDown } from './opened.js'

/** So many calls are made side by side in one office; their phones may be engaged by one another, as in life. */
const atOnce = 50
const numRuns = 200

const keys = fc.string({
  unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'),
  maxLength: 24,
})
/** What a broken or hostile phone may send, with what nearly is a code or a number often among it. */
const userPart = fc.oneof(
  fc.string({ maxLength: 80, unit: 'grapheme' }),
  fc.string({ maxLength: 80, unit: 'binary' }),
  keys,
  keys.map((text) => `*23${text}`),
  keys.map((text) => `*230*101*${text}`),
  keys.map((text) => `+46${text}`),
  fc.constantFrom(
    '*98',
    '*77',
    '*77*1#',
    '#23#',
    '*#230*102#',
    '%23%',
    '112;x=1',
    's',
    '',
    '-1',
    'NaN',
    '101@evil',
  ),
)

/** However the call goes, it ends in the end: with words, in a talk that somebody ends, or in the dialplan. */
async function ends(office: Office, legs: readonly FakeLeg[]): Promise<void> {
  for (let minutes = 0; minutes < 12 && legs.some((leg) => leg.alive && leg.here); minutes += 1)
    await office.pass(60)
  for (const leg of legs) {
    const how = `${JSON.stringify(leg.dialled)} heard ${leg.sounds.join(' | ')}`
    expect(leg.ended?.by ?? leg.leftTo, how).toMatch(/^exchange$|^vaxel-fallback,emergency$/)
  }
  office.faults.splice(0, office.faults.length, ...office.faults.filter(({ error }) => error !== undefined))
  await closeDown(office)
}

/** Phones that leave nobody waiting: each in its own way. */
function newOffice(): Office {
  const office = new Office({ ...officeFile, serviceExtension: '199' })
  office.exchange.register('anna-bord', { kind: 'busy' })
  office.exchange.register('erik-bord', { kind: 'rejects' })
  office.exchange.unregister('rut-bord')
  office.exchange.trunk('kontoret-trunk', (number) =>
    number.length % 2 === 0 ? { kind: 'busy' } : { kind: 'rejects' },
  )
  return office
}

describe('whatever is dialled and keyed', () => {
  it('R-04 R-09 any user part from a phone or the trunk ends in words or a hang-up, never in a fault (10 000 calls)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(userPart, fc.boolean()), { minLength: atOnce, maxLength: atOnce }),
        async (calls) => {
          const office = await newOffice().start()
          const legs = calls.map(([dialled, fromPhone]) =>
            office.exchange.call(fromPhone ? 'bo-bord' : 'kontoret-trunk', dialled, {
              number: '+46701740620',
            }),
          )
          await ends(office, legs)
        },
      ),
      { numRuns, endOnFailure: true },
    )
  }, 180_000)

  it('H-01 to H-15 any digits at any question end in words or a hang-up, never in a fault (10 000 calls)', async () => {
    const where = fc.constantFrom('*23', '*230', '*98', '*77', '199', '101', '102', '104', '*230*101*1#')
    const moments = fc.array(fc.tuple(fc.nat({ max: 18 }), keys), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(where, moments), { minLength: atOnce, maxLength: atOnce }),
        async (calls) => {
          const office = await newOffice().start()
          await office.away('ida', { reason: 'lunch' })
          const legs = calls.map(([dialled, keyed]) => {
            const leg = office.exchange.call('bo-bord', dialled)
            for (const [wait, digits] of keyed) office.clock.after(wait * 500, () => leg.press(digits))
            return leg
          })
          await ends(office, legs)
        },
      ),
      { numRuns, endOnFailure: true },
    )
  }, 180_000)
})
