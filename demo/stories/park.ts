import type { Person } from '../../src/domain/directory/company.js'
import { digits } from '../../src/domain/speech/digits.js'
import type { Sentence } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import { silences } from '../../test/support/sound/ears.js'
import type { Story } from '../main.js'
import { atWork, receptionOnMain } from '../company.js'
import { everybodyHears } from '../hearing.js'
import { outsideTone, type Conversation, type Stage, type Staff } from '../stage.js'

const tonesOf = { maria: 900, lars: 1300, johan: 1700, fatima: 2100 } as const
/** The reception. */
const parkerPhone = 'maria'

export const story: Story = {
  title:
    'Parkering: Maria at the reception parks callers; colleagues fetch them from any phone, or they come back.',
  within: 170,
  company: (example) => receptionOnMain(atWork(example)),
  play: async (stage) => {
    const maria = await stage.staff(parkerPhone, tonesOf.maria)
    const lars = await stage.staff('lars', tonesOf.lars)
    const johan = await stage.staff('johan', tonesOf.johan)
    const fatima = await stage.staff('fatima', tonesOf.fatima)
    const ingrid = await parkOnOwn(stage, maria)
    await parkForLars(stage, maria, lars, johan)
    await parkInWorkshop(stage, maria, [lars, johan, fatima])
    await comesBack(stage, maria, ingrid)
  },
}

/** Nobody will come for this call: it is to return by itself. */
async function parkOnOwn(stage: Stage, maria: Staff): Promise<Conversation> {
  return parks(stage, maria, ['Ingrid', '+46701740632'], '*68#', maria.person)
}

/** Lars is away from his desk; he takes the call at Johan's. */
async function parkForLars(stage: Stage, maria: Staff, lars: Staff, johan: Staff): Promise<void> {
  const { extension } = lars.person
  const greta = await parks(stage, maria, ['Greta', '+46701740630'], `*68*${extension}#`, lars.person)
  const lamp = await stage.watchesPlace(johan.person, extension)
  await lamp.isLit()
  const music = await greta.call.listen(3_000)
  if (silences(music.samples, { over: 2_000 }).length > 0) throw new Error('Greta waits in silence')
  stage.say('Greta hears music.')
  const fetched = await johan.dials(`*88*${extension}#`)
  await talk(stage, greta, fetched, johan)
  stage.say(`${johan.name}'s phone shows ${fetched.call.display().number}.`)
  await lamp.isDark()
  await lamp.stop()
  await fetched.hangsUp()
  await greta.isHungUp()
}

/** The next free extension of the workshop; its phones say where the call is. */
async function parkInWorkshop(stage: Stage, maria: Staff, workshop: readonly Staff[]): Promise<void> {
  const [first] = workshop
  if (!first) throw new Error('nobody is in the workshop')
  const caller = parks(stage, maria, ['Henrik', '+46701740631'], '*58*1#', first.person)
  const pages = await Promise.all(workshop.map((staff) => staff.answers()))
  await Promise.all(pages.map((page) => page.hears(about(stage, 'park/page', first.person))))
  const henrik = await caller
  const last = workshop.at(-1) ?? first
  const fetched = await last.dials(`*88*${first.person.extension}#`)
  await talk(stage, henrik, fetched, last)
  await henrik.hangsUp()
  await fetched.isHungUp()
}

async function comesBack(stage: Stage, maria: Staff, ingrid: Conversation): Promise<void> {
  stage.say('Nobody has come for Ingrid.')
  const back = await maria.answers(70_000)
  await talk(stage, ingrid, back, maria)
  await back.hangsUp()
  await ingrid.isHungUp()
}

/** Somebody calls the reception; Maria takes the call and parks it. Gives the caller's end. */
async function parks(
  stage: Stage,
  maria: Staff,
  [name, number]: readonly [string, string],
  code: string,
  on: Person,
): Promise<Conversation> {
  const caller = await stage.outside(name, number)
  const [call, atMaria] = await Promise.all([caller.dials(stage.company.main), maria.answers()])
  await atMaria.holds()
  const keyed = await maria.dials(code)
  await atMaria.isHungUp()
  await keyed.hears(about(stage, 'park/parked-on', on))
  await keyed.isHungUp()
  return call
}

const about = (stage: Stage, key: 'park/parked-on' | 'park/page', { extension }: Person): Sentence =>
  say(stage.tongue, key, { extension: digits(stage.tongue, extension) })

const talk = (stage: Stage, caller: Conversation, call: Conversation, staff: Staff): Promise<void> =>
  everybodyHears(stage, [
    [caller, outsideTone],
    [call, staff.phone.tone],
  ])
