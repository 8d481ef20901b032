import type { Company } from '../../src/domain/directory/company.js'
import { announcementSentence } from '../../src/domain/queue/said.js'
import { queueName } from '../../src/domain/speech/names.js'
import { joined } from '../../src/domain/speech/phrase.js'
import { say } from '../../src/domain/speech/tongue.js'
import { silences } from '../../test/support/sound/ears.js'
import type { Story } from '../main.js'
import { atWork } from '../company.js'
import { everybodyHears } from '../hearing.js'
import { outsideTone, type Conversation, type Stage, type Staff } from '../stage.js'

const tonesOf = { maria: 900, anna: 1300, lars: 1700 } as const
const numbers = { gemensam: '+46846500420', salj: '+46846500421', support: '+46846500422' } as const
/** A Monday. */
const five = Date.parse('2026-11-23T17:00:00+01:00')
const largeCustomer = '+46701740611'

export const story: Story = {
  title:
    'Telefonkö: closing at five with everybody answered who came before, the place told, a large customer first, nobody kept waiting too long.',
  within: 300,
  clock: five - 55_000,
  company: (example) => inHaste(atWork(example)),
  play: async (stage) => {
    await closes(stage, await stage.staff('maria', tonesOf.maria))
    const lars = await stage.staff('lars', tonesOf.lars)
    await servesLargeCustomerFirst(stage, lars)
    await goesOn(stage, await stage.staff('anna', tonesOf.anna), lars)
  },
}

/** The queues of the example with less patience than the policy's 180 seconds. Only the common queue closes at five. */
function inHaste(example: Company): Company {
  const quick = { firstSeconds: 5, wrapUpSeconds: 5 }
  const changes: Readonly<Record<string, object>> = {
    gemensam: { ...quick, numbers: [numbers.gemensam] },
    salj: { ...quick, numbers: [numbers.salj], maxWaitSeconds: 15, overflow: ['queue:support', 'voicemail'] },
    support: { ...quick, numbers: [numbers.support], hours: 'salj', overflow: ['voicemail'] },
  }
  return {
    ...example,
    numbers: example.numbers.filter(({ number }) => !Object.values<string>(numbers).includes(number)),
    queues: example.queues.map((queue) => ({ ...queue, ...changes[queue.id] })),
  }
}

/** O-05, O-06: whoever came before five is answered after it; whoever comes later hears that it is closed, and leaves a message. */
async function closes(stage: Stage, maria: Staff): Promise<void> {
  await logsIn(stage, maria, 'gemensam')
  const [greta, atMaria] = await talks(stage, ['Greta', '+46701740630'], numbers.gemensam, maria)
  await stage.until(five - 8_000)
  stage.say('It is eight seconds to five.')
  const henrik = await calls(stage, 'Henrik', '+46701740631', numbers.gemensam)
  await hearsMusic(stage, henrik)
  await stage.until(five + 1_000)
  stage.say('It is one second past five.')
  const ingrid = await calls(stage, 'Ingrid', '+46701740632', numbers.gemensam)
  await ingrid.hears(joined(say(stage.tongue, 'call/closed'), say(stage.tongue, 'voicemail/after-tone')))
  await ingrid.call.listen(3_500)
  await ingrid.hangsUp()
  await maria.seesLamp(1)
  await henrik.hears(announcementSentence(stage.tongue, { position: 1 }))
  await atMaria.hangsUp()
  await greta.isHungUp()
  const withHenrik = await maria.answers()
  await everybodyHears(stage, [
    [henrik, outsideTone],
    [withHenrik, tonesOf.maria],
  ])
  await withHenrik.hangsUp()
  await henrik.isHungUp()
}

/** everybody is told their place; the large customer, who came later, is served first, after the time Lars has to finish. */
async function servesLargeCustomerFirst(stage: Stage, lars: Staff): Promise<void> {
  await logsIn(stage, lars, 'support')
  const [, atLars] = await talks(stage, ['Greta', '+46701740630'], numbers.support, lars)
  const henrik = await calls(stage, 'Henrik', '+46701740631', numbers.support)
  await henrik.hears(announcementSentence(stage.tongue, { position: 1 }))
  const customer = await calls(stage, 'The large customer', largeCustomer, numbers.support)
  await atLars.hangsUp()
  stage.say('Lars Åkesson has five seconds to finish.')
  const first = await lars.answers()
  if (first.call.display().number !== largeCustomer) throw new Error('the large customer is not first')
  await everybodyHears(stage, [
    [customer, outsideTone],
    [first, tonesOf.lars],
  ])
  await customer.hangsUp()
  await first.isHungUp()
  const second = await lars.answers()
  if (second.call.display().number !== '+46701740631') throw new Error('Henrik is not second')
  await second.hangsUp()
  await henrik.isHungUp()
}

/** Anna does not answer, and after the longest time the call goes on to the next queue of the list. */
async function goesOn(stage: Stage, anna: Staff, lars: Staff): Promise<void> {
  await logsIn(stage, anna, 'salj')
  const ingrid = await calls(stage, 'Ingrid', '+46701740632', numbers.salj)
  await anna.letsRing()
  const atLars = await lars.answers(40_000)
  stage.say(
    'Nobody answered in Sälj for 15 seconds, so the call went on to Support, with its time of arrival.',
  )
  await everybodyHears(stage, [
    [ingrid, outsideTone],
    [atLars, tonesOf.lars],
  ])
  await ingrid.hangsUp()
  await atLars.isHungUp()
}

async function logsIn(stage: Stage, staff: Staff, id: keyof typeof numbers): Promise<void> {
  const queue = stage.company.queues.find((one) => one.id === id)
  if (!queue) throw new Error(`there is no queue ${id}`)
  const call = await staff.dials(`*28*${queue.number}#`)
  await call.hears(say(stage.tongue, 'queue/logged-in', { queue: [queueName(stage.company.company, queue)] }))
  await call.isHungUp()
}

async function calls(stage: Stage, name: string, number: string, to: string): Promise<Conversation> {
  const caller = await stage.outside(name, number)
  return caller.dials(to)
}

async function talks(
  stage: Stage,
  [name, number]: readonly [string, string],
  to: string,
  staff: Staff,
): Promise<readonly [Conversation, Conversation]> {
  const [call, answered] = await Promise.all([calls(stage, name, number, to), staff.answers()])
  await everybodyHears(stage, [
    [call, outsideTone],
    [answered, staff.phone.tone],
  ])
  return [call, answered]
}

async function hearsMusic(stage: Stage, { name, call }: Conversation): Promise<void> {
  const music = await call.listen(2_500)
  if (silences(music.samples, { over: 2_000 }).length > 0) throw new Error(`${name} waits in silence`)
  stage.say(`${name} hears music.`)
}
