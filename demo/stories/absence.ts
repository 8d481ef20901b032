import { reasonNamed, reasonsOf } from '../../src/domain/absence/reasons.js'
import { absenceNote, absenceSentence, type SpokenAbsence } from '../../src/domain/speech/absence-sentence.js'
import { phoneNumber } from '../../src/domain/speech/digits.js'
import { menuSentence } from '../../src/domain/speech/menu.js'
import { waitingSummary } from '../../src/domain/speech/messages.js'
import { say } from '../../src/domain/speech/tongue.js'
import { wallTime } from '../../src/domain/speech/when.js'
import type { Call } from '../../test/support/phones/call.js'
import { HEARD_AT_LEAST, tones } from '../../test/support/sound/ears.js'
import { matrix } from '../../test/support/sound/matrix.js'
import type { Story } from '../main.js'
import { outsideTone, type Stage, type Staff } from '../stage.js'

const annasTone = 900

export const story: Story = {
  title: 'Talad hänvisning: Anna Berg goes to lunch, callers hear why and when to try again.',
  within: 87,
  play: async (stage) => {
    const anna = await stage.staff('anna', annasTone)
    await goesToLunch(stage, anna)
    await Promise.all([leavesMessage(stage, anna), asksForCallback(stage, anna)])
    await listens(stage, anna)
    await returns(stage, anna)
    await talks(stage, anna)
  },
}

async function goesToLunch(stage: Stage, anna: Staff): Promise<void> {
  const call = await anna.dials(`*23*1${returnTime(stage)}#`)
  const absence = async (): Promise<void> => {
    await call.hears(
      say(stage.tongue, 'absence/set', { absence: absenceNote(stage.tongue, await spoken(stage, anna)) }),
    )
  }
  await call.call.listen(2_500)
  await absence()
  await call.isHungUp()
}

async function leavesMessage(stage: Stage, anna: Staff): Promise<void> {
  const { tongue } = stage
  const greta = await stage.outside('Greta', '+46701740630')
  const call = await greta.dials(direct(anna))
  await call.hears(absenceSentence(tongue, stage.nameOf('anna'), await spoken(stage, anna)))
  await call.hears(menuSentence(tongue, { message: true }))
  await call.keys('1')
  await call.call.listen(1_500)
  await call.keys('#')
  stage.say('Greta cuts the greeting short and speaks after the tone.')
  await call.call.listen(4_000)
  await call.hangsUp()
  await anna.seesLamp(1)
}

async function asksForCallback(stage: Stage, anna: Staff): Promise<void> {
  const { tongue } = stage
  const number = '+46701740631'
  const henrik = await stage.outside('Henrik', number)
  const call = await henrik.dials(direct(anna))
  await call.hears(absenceSentence(tongue, stage.nameOf('anna'), await spoken(stage, anna)))
  await call.keys('2')
  const words = phoneNumber(tongue, number, stage.company.main)
  await call.hears(say(tongue, 'callback/confirm', { number: words }))
  await call.keys('1')
  await call.hears(say(tongue, 'callback/accepted', { number: words }))
  await call.hangsUp()
}

async function listens(stage: Stage, anna: Staff): Promise<void> {
  const { tongue } = stage
  const call = await anna.dials('*98')
  await call.hears(waitingSummary(tongue, { messages: 1, callbacks: 1 }))
  await untilHeard(call.call)
  stage.say('Anna Berg hears who called and when, and then the message: the sound that Greta made.')
  await call.keys('3')
  await call.hears(say(tongue, 'listen/deleted'))
  await call.hangsUp()
}

async function returns(stage: Stage, anna: Staff): Promise<void> {
  const call = await anna.dials('#23#')
  await call.hears(say(stage.tongue, 'absence/cancelled'))
  await call.isHungUp()
}

async function talks(stage: Stage, anna: Staff): Promise<void> {
  const greta = await stage.outside('Greta', '+46701740630')
  const [caller, called] = await Promise.all([greta.dials(direct(anna)), anna.answers()])
  const heard = await matrix({
    Greta: { tone: outsideTone, listen: caller.call.listen },
    Anna: { tone: annasTone, listen: called.call.listen },
  })
  if (heard['Greta']?.[0] !== 'Anna' || heard['Anna']?.[0] !== 'Greta')
    throw new Error(`they do not hear each other: ${JSON.stringify(heard)}`)
  stage.say('Greta hears Anna, and Anna hears Greta.')
  await called.hangsUp()
  await caller.isHungUp()
}

/** The argument of the code: two hours from now, or the last minute of the day; nothing when that is too near. */
function returnTime({ company }: Stage): string {
  const { hour, minute } = wallTime(Date.now(), company.zone)
  if (hour === 23 && minute >= 57) return ''
  const two = (value: number): string => String(value).padStart(2, '0')
  return hour >= 22 ? '*2359' : `*${two(hour + 2)}${two(minute - (minute % 5))}`
}

/** What is stored of the absence, as it is to be said now. */
async function spoken({ office, company }: Stage, { person }: Staff): Promise<SpokenAbsence> {
  const { set } = await office.redis.stores.absences.read(company.company, person.id)
  const [absence] = set
  if (absence === undefined) throw new Error(`no absence of ${person.name} is stored`)
  const { until, returnForm } = absence
  return {
    company: company.company,
    reason: reasonNamed(reasonsOf(company), absence.reason),
    return: until === undefined || returnForm === undefined ? undefined : { at: until, form: returnForm },
    now: Date.now(),
    zone: company.zone,
  }
}

function direct({ person }: Staff): string {
  const [number] = person.numbers
  if (number === undefined) throw new Error(`${person.name} has no number of their own`)
  return number
}

/** Waits for the sound that everybody outside makes instead of speaking. */
async function untilHeard(call: Call): Promise<void> {
  const until = Date.now() + 25_000
  for (;;) {
    const { samples } = await call.listen(500)
    if ((tones(samples, [outsideTone])[outsideTone] ?? 0) >= HEARD_AT_LEAST) return
    if (Date.now() > until) throw new Error('Anna did not hear the message')
  }
}
