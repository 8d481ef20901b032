import type { Company } from '../../src/domain/directory/company.js'
import { phraseOf } from '../../src/domain/speech/tongue.js'
import { silences } from '../../test/support/sound/ears.js'
import type { Story } from '../main.js'
import { atWork } from '../company.js'
import { everybodyHears, hears } from '../hearing.js'
import { outsideTone, type Conversation, type Stage, type Staff } from '../stage.js'

const tonesOf = { anna: 900, lars: 1300, johan: 1700 } as const

export const story: Story = {
  title:
    'Bjud in: a colleague takes over warmly, one declines, and one coaches without being heard by the customer.',
  within: 240,
  company: (example) => speaksInPrivateFirst(atWork(example)),
  play: async (stage) => {
    const anna = await stage.staff('anna', tonesOf.anna)
    const lars = await stage.staff('lars', tonesOf.lars)
    const johan = await stage.staff('johan', tonesOf.johan)
    await handsOver(stage, anna, lars)
    await isDeclined(stage, johan, anna)
    await isCoached(stage, johan, lars)
  },
}

/** Whoever Anna invites speaks with her alone first (I-01). */
const speaksInPrivateFirst = (example: Company): Company => ({
  ...example,
  people: example.people.map((person) => (person.id === 'anna' ? { ...person, autoHold: true } : person)),
})

/** A warm transfer: Anna tells Lars what it is about, all three talk, Anna leaves. */
async function handsOver(stage: Stage, anna: Staff, lars: Staff): Promise<void> {
  const [greta, atAnna] = await calls(stage, ['Greta', '+46701740630'], anna)
  await atAnna.keys(`*3${lars.person.extension}#`)
  const atLars = await lars.answers()
  await hears(
    stage,
    [
      [greta, outsideTone],
      [atAnna, tonesOf.anna],
      [atLars, tonesOf.lars],
    ],
    (listener, speaker) => listener !== 'Greta' && speaker !== 'Greta',
  )
  const music = await greta.call.listen(2_500)
  if (silences(music.samples, { over: 2_000 }).length > 0) throw new Error('Greta waits in silence')
  stage.say('Greta hears music.')
  await atAnna.keys('*5')
  await atAnna.call.listen(500)
  await everybodyHears(stage, [
    [greta, outsideTone],
    [atAnna, tonesOf.anna],
    [atLars, tonesOf.lars],
  ])
  await atAnna.hangsUp()
  await atLars.call.listen(500)
  await everybodyHears(stage, [
    [greta, outsideTone],
    [atLars, tonesOf.lars],
  ])
  stage.say(`Lars Åkesson's phone shows ${atLars.call.display().number}.`)
  await atLars.hangsUp()
  await greta.isHungUp()
}

/** Nothing happens but that whoever invited is told. */
async function isDeclined(stage: Stage, johan: Staff, anna: Staff): Promise<void> {
  const [henrik, atJohan] = await calls(stage, ['Henrik', '+46701740631'], johan)
  await atJohan.keys(`*3${anna.person.extension}#`)
  await anna.declines()
  await atJohan.hearsBeside(outsideTone, phraseOf(stage.tongue, 'talk/declined'))
  await everybodyHears(stage, [
    [henrik, outsideTone],
    [atJohan, tonesOf.johan],
  ])
  await henrik.hangsUp()
  await atJohan.isHungUp()
}

/** Lars is logged in to Support, so he may coach. He hears both; only Johan hears him. */
async function isCoached(stage: Stage, johan: Staff, lars: Staff): Promise<void> {
  const login = await lars.dials('*28*202#')
  await login.isHungUp()
  const [ingrid, atJohan] = await calls(stage, ['Ingrid', '+46701740632'], johan)
  await atJohan.keys(`*4${lars.person.extension}#`)
  const coach = await lars.answers()
  await coach.call.listen(1_500)
  await coach.keys('1')
  await atJohan.call.listen(1_500) // the beep that tells of the coach
  await hears(
    stage,
    [
      [ingrid, outsideTone],
      [atJohan, tonesOf.johan],
      [coach, tonesOf.lars],
    ],
    (listener, speaker) => listener !== 'Ingrid' || speaker !== 'Lars Åkesson',
  )
  await atJohan.keys('*6')
  await coach.isHungUp()
  await everybodyHears(stage, [
    [ingrid, outsideTone],
    [atJohan, tonesOf.johan],
  ])
  await ingrid.hangsUp()
  await atJohan.isHungUp()
}

/** Somebody outside calls a direct number; the person answers. */
async function calls(
  stage: Stage,
  [name, number]: readonly [string, string],
  staff: Staff,
): Promise<readonly [Conversation, Conversation]> {
  const caller = await stage.outside(name, number)
  const direct = staff.person.numbers[0] ?? ''
  const [call, answered] = await Promise.all([caller.dials(direct), staff.answers()])
  await answered.call.listen(500)
  return [call, answered]
}
