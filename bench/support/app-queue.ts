import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exchange } from '../../test/support/exchange.js'
import { LightAgent } from '../../test/support/light/agent.js'
import type { LightCall } from '../../test/support/light/call.js'
import { marks, type LightOffice } from '../../test/support/light/office.js'
import { outsideAddress, password, pushEndpoints } from './res-parking.js'

/** Who answers for which queue, by their numbers in the list of people. Nobody answers for two. */
export const queues = {
  /** Somebody always waits; the agent becomes free. */
  wanted: { number: '300', public: '+46846600300', agents: [0] },
  /** The agent is free; somebody comes. */
  idle: { number: '301', public: '+46846600301', agents: [1] },
  crowd: {
    number: '302',
    public: '+46846600302',
    agents: Array.from({ length: 20 }, (_, index) => 2 + index),
  },
} as const
export type QueueName = keyof typeof queues
const queueNames = Object.keys(queues) as QueueName[]
export const agentCount = 22

/** Both queues are told the same; what a setting is called there stands below. */
const ringSeconds = 20
const musicClass = 'default'

/** One of the two things that are compared. */
export interface QueueWay {
  /** Somebody outside calls; the exchange answers and lets them wait. */
  call(queue: QueueName): Promise<LightCall>
  /** Gets what rings at the phones of the agents. */
  onRinging(listener: (call: LightCall, agent: number) => void): void
}

/** The queues in the company file. */
export const queuesOfFile = queueNames.map((name) => ({
  id: name,
  name,
  number: queues[name].number,
  numbers: [queues[name].public],
  members: queues[name].agents.map((index) => `p${String(index)}`),
  login: 'always',
  strategy: 'longestAvailable',
  ringSeconds,
  wrapUpSeconds: 0,
  noAnswers: 0,
  maxWaiting: 1000,
  maxWaitSeconds: 3600,
  // The first words would come after two minutes, when nobody waits any more; app_queue says nothing either.
  firstSeconds: 120,
  repeatSeconds: 600,
  music: musicClass,
}))

export function vaxelQueues(office: LightOffice): QueueWay {
  return {
    call: (queue) => callIn(office.outside, queues[queue].public),
    onRinging: (listener) => {
      office.onRinging((call, device) => {
        listener(call, Number(device.replace('light-', '')))
      })
    },
  }
}

const phoneOf = (agent: number): string => `bench-agent-${String(agent)}`

/**
 * As quick as app_queue can be set up: `autofill` serves all who can be served, not only the first; `retry` 1 is the least it takes. No words,
 * nobody is asked for a key, members of the file, free when their phones are.
 */
const settings = (name: QueueName): string => `[bench-${name}]
strategy = leastrecent
autofill = yes
ringinuse = no
timeout = ${String(ringSeconds)}
retry = 1
wrapuptime = 0
maxlen = 0
joinempty = yes
leavewhenempty = no
musicclass = ${musicClass}
announce-frequency = 0
announce-holdtime = no
announce-position = no
periodic-announce-frequency = 0
reportholdtime = no
memberdelay = 0
${queues[name].agents.map((agent) => `member => PJSIP/${phoneOf(agent)}`).join('\n')}
`

/** Asterisk's own queues, in the same Asterisk, with phones and a trunk of the same kind. */
export async function openAppQueue(exchange: Exchange): Promise<QueueWay & { close(): void }> {
  const text = ['[general]', 'autofill = yes', 'persistentmembers = no', ...queueNames.map(settings)].join(
    '\n',
  )
  writeFileSync(join(exchange.places.directory, 'etc/queues.conf'), text)
  await exchange.asteriskCli('module load app_queue.so')
  await exchange.asteriskCli('queue reload all')
  const agents = Array.from({ length: agentCount }, (_, index) => index)
  await pushEndpoints(exchange, agents.map(phoneOf))
  for (const name of queueNames) {
    const steps = ['Answer()', `Queue(bench-${name})`, 'Hangup()']
    for (const [index, step] of steps.entries())
      await exchange.asteriskCli(
        `dialplan add extension ${queues[name].number},${String(index + 1)},${step} into bench-outside`,
      )
  }
  const [outside, phones] = await Promise.all([
    LightAgent.open(outsideAddress, exchange.sip),
    LightAgent.open('127.0.0.1', exchange.sip),
  ])
  for (const agent of agents) await phones.register({ name: phoneOf(agent), password })
  const shown = await exchange.asteriskCli('queue show bench-crowd')
  if (!shown.includes(phoneOf(queues.crowd.agents[0] ?? 0)))
    throw new Error(`app_queue is not there: ${shown}`)
  return {
    call: (queue) => callIn(outside, queues[queue].number),
    onRinging: (listener) => {
      phones.onCall((call, user) => {
        listener(call, Number(user.replace('bench-agent-', '')))
      })
    },
    close: () => {
      outside.close()
      phones.close()
    },
  }
}

let count = 0

async function callIn(outside: LightAgent, to: string): Promise<LightCall> {
  const caller = await outside.call(to, { number: `+46701${String(100_000 + (count++ % 900_000))}` })
  caller.sound.speak(marks.outside)
  return caller
}
