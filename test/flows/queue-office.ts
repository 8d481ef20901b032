import { expect } from 'vitest'
import type { AgentId } from '../../src/domain/ids.js'
import type { AgentRecord } from '../../src/domain/queue/agent.js'
import type { QueueFigures } from '../../src/domain/queue/statistics.js'
import { dateAt } from '../../src/domain/time/wall-time.js'
import { queueStatistics } from '../../src/flows/queue-statistics.js'
import type { FakeLeg } from '../support/fake-exchange.js'
import { officeFile, type Office } from '../support/office.js'
import { openOffice } from './opened.js'

const queueNumber = '+46846500450'

/** The office with one queue, Support, whose members are Anna, Erik and Bo; with other queues if given. */
export const queueFile = (
  queue: object = {},
  more: readonly object[] = [],
  company: object = {},
): object => ({
  ...officeFile,
  owned: ['+46846500451'],
  ...company,
  queues: [
    {
      id: 'support',
      name: 'Support',
      number: '300',
      numbers: [queueNumber],
      members: ['anna', 'erik', 'bo'],
      ...queue,
    },
    ...more,
  ],
})

export const openQueues = (queue?: object, more?: readonly object[], company?: object): Promise<Office> =>
  openOffice(queueFile(queue, more, company))

/** A code is keyed at a phone and heard to its end; gives what was heard. */
export async function keys(office: Office, device: string, code: string): Promise<readonly string[]> {
  const leg = await office.dials(device, code)
  await office.pass(8)
  expect(leg.alive).toBe(false)
  return leg.sounds
}

export async function logIn(office: Office, ...devices: readonly string[]): Promise<void> {
  for (const device of devices)
    expect(await keys(office, device, '*28*300#')).toContain('Inloggad i Support.')
}

/** A call to the queue's number. */
export const callsQueue = (office: Office, from?: string): Promise<FakeLeg> =>
  office.outsideCalls(queueNumber, from)

export const rings = (office: Office, device: string): boolean => office.exchange.ringing(device).length > 0

/** Which of the phones ring. */
export const whoRings = (
  office: Office,
  devices: readonly string[] = ['anna-bord', 'erik-bord', 'erik-mobil', 'bo-bord'],
): readonly string[] => devices.filter((device) => rings(office, device))

export async function answers(office: Office, device: string): Promise<FakeLeg> {
  const leg = office.ring(device)
  leg.answer()
  await office.pass(0.1)
  return leg
}

export const waits = (leg: FakeLeg): boolean => leg.room?.startsWith('queue-') === true

export async function agentIs(office: Office, agent: string): Promise<AgentRecord | undefined> {
  return office.memory.stores.queues.agent(office.company.company, agent as AgentId)
}

export const ticketsOf = (office: Office) => office.memory.stores.queues.list(office.company.company)

/** What is said of the queue today. */
export async function figuresOfToday(office: Office, queue = 'support'): Promise<QueueFigures> {
  const today = dateAt(office.clock.now(), office.company.zone)
  const found = await queueStatistics(office.company, { queue, from: today, to: today }, office.memory.stores)
  if (typeof found === 'string') throw new Error(found)
  expect(found.days.map(({ figures }) => figures)).toEqual([found.total])
  return found.total
}
