import type { AgentRecord } from '../../domain/queue/agent.js'
import type { AgentId, CallId, CompanyId } from '../../domain/ids.js'
import type { Logger } from '../../ports/log.js'
import type { AgentLease, QueueStore } from '../../ports/queue-store.js'
import { RecordUnreadable } from '../../ports/stores.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { agentRecordSchema, decode, encode, readable, ticketSchema } from './records.js'
import { claimTicket } from './scripts/claim-ticket.js'
import { giveTicketBack } from './scripts/give-ticket-back.js'
import { joinCallback } from './scripts/join-callback.js'
import { keepPlace } from './scripts/keep-place.js'
import { leaseAgents } from './scripts/lease-agents.js'
import { releaseAgents } from './scripts/release-agents.js'
import { removeTicket } from './scripts/remove-ticket.js'
import { replaceAgent } from './scripts/replace-agent.js'

export function queueStore(client: Client, log: Logger): QueueStore {
  const readAgent = (company: CompanyId, agent: string, text: string): AgentRecord =>
    decode(agentRecordSchema, `${keys.queueAgents(company)} ${agent}`, text)
  const agentText = (company: CompanyId, agent: AgentId): Promise<string | null> => {
    const key = keys.queueAgents(company)
    return client.run(key, (redis) => redis.hget(key, agent))
  }

  return {
    put: async (ticket) => {
      const key = keys.queueTickets(ticket.company)
      await client.run(key, (redis) => redis.hset(key, ticket.call, encode(ticket)))
    },
    keepPlace: async (ticket) => {
      const kept = await client.script(
        keepPlace,
        [keys.queueTickets(ticket.company)],
        [ticket.call, encode(ticket), ticket.queue, ticket.callback.number],
      )
      return kept === 1 ? 'kept' : 'already'
    },
    join: async (ticket, callback) => {
      await client.script(
        joinCallback,
        [
          keys.queueTickets(ticket.company),
          keys.queueClaims(ticket.company),
          keys.queueLeases(ticket.company),
        ],
        [ticket.call, encode(ticket), callback],
      )
    },
    remove: async (company, call) => {
      await client.script(
        removeTicket,
        [keys.queueTickets(company), keys.queueClaims(company), keys.queueLeases(company)],
        [call],
      )
    },
    read: async (company, call) => {
      const key = keys.queueTickets(company)
      const text = await client.run(key, (redis) => redis.hget(key, call))
      return text === null ? undefined : decode(ticketSchema, `${key} ${call}`, text)
    },
    list: async (company) => {
      const key = keys.queueTickets(company)
      const all = await client.run(key, (redis) => redis.hgetall(key))
      const tickets = readable(log, Object.keys(all), (call) =>
        decode(ticketSchema, `${key} ${call}`, all[call] ?? ''),
      )
      return [...tickets].sort((a, b) => a.arrivedAt - b.arrivedAt || (a.call < b.call ? -1 : 1))
    },
    claim: async (company, call, agent, now, until) => {
      const claimed = await client.script(
        claimTicket,
        [keys.queueTickets(company), keys.queueClaims(company)],
        [call, agent, now, until],
      )
      return claimed === 'won' || claimed === 'taken' ? claimed : 'gone'
    },
    giveBack: async (company, call, agent) => {
      await client.script(giveTicketBack, [keys.queueClaims(company)], [call, agent])
    },
    lease: async (company, call, agents, now, until) => {
      if (agents.length === 0) return []
      const given = await client.script(
        leaseAgents,
        [keys.queueLeases(company)],
        [call, now, until, ...agents],
      )
      return Array.isArray(given) ? given.map((agent) => String(agent) as AgentId) : []
    },
    release: async (company, call, agents) => {
      if (agents.length === 0) return
      await client.script(releaseAgents, [keys.queueLeases(company)], [call, ...agents])
    },
    leases: async (company, now) => {
      const key = keys.queueLeases(company)
      const all = await client.run(key, (redis) => redis.hgetall(key))
      return Object.entries(all)
        .map(([agent, text]) => readLease(key, agent, text))
        .filter(({ until }) => until > now)
        .sort((a, b) => (a.agent < b.agent ? -1 : 1))
    },
    agent: async (company, agent) => {
      const text = await agentText(company, agent)
      return text === null ? undefined : readAgent(company, agent, text)
    },
    agents: async (company) => {
      const key = keys.queueAgents(company)
      const all = await client.run(key, (redis) => redis.hgetall(key))
      return readable(log, Object.keys(all).sort(), (agent) => readAgent(company, agent, all[agent] ?? ''))
    },
    replaceAgent: async (record, expected) => {
      const { company, agent } = record
      const next = encode({ ...record, version: expected + 1 })
      const written = await client.script(replaceAgent, [keys.queueAgents(company)], [agent, expected, next])
      if (written === 1) return 'written'
      const text = await agentText(company, agent)
      if (text !== null) readAgent(company, agent, text) // one that cannot be read is told
      return 'conflict'
    },
  }
}

function readLease(key: string, agent: string, text: string): AgentLease {
  const [, until, call] = /^(\d+) (.+)$/su.exec(text) ?? []
  if (until === undefined || call === undefined)
    throw new RecordUnreadable(`${key} ${agent}`, 'it is no lease')
  return { agent: agent as AgentId, call: call as CallId, until: Number(until) }
}
