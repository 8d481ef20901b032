import { z } from 'zod'
import { companyIdSchema } from '../../domain/directory/company.js'
import { forgetAfterSeconds, type ExchangeReport, type ProvisionStatus } from '../../ports/provisioning.js'
import type { Client } from './client.js'
import { keys } from './keys.js'
import { decode, encode, instantSchema } from './records.js'

const reportSchema = z.object({
  node: z.string(),
  at: instantSchema,
  asterisk: z.enum(['connected', 'away']),
  asteriskVersion: z.string().optional(),
  standby: z.enum(['ready', 'none']).optional(),
  provisioned: z.record(
    companyIdSchema,
    z.object({ version: z.number().int().min(0), problem: z.string().optional() }),
  ),
})

/** A report lives as a string that expires; the set of names may hold exchanges that are gone. */
export function provisionStatus(client: Client): ProvisionStatus {
  return {
    report: async (report) => {
      const key = keys.exchange(report.node)
      await Promise.all([
        client.run(keys.exchanges, (redis) => redis.sadd(keys.exchanges, report.node)),
        client.run(key, (redis) => redis.set(key, encode(report), 'EX', forgetAfterSeconds)),
      ])
    },
    exchanges: async () => {
      const nodes = await client.run(keys.exchanges, (redis) => redis.smembers(keys.exchanges))
      const texts = await Promise.all(
        nodes.sort().map(async (node) => {
          const key = keys.exchange(node)
          return { key, text: await client.run(key, (redis) => redis.get(key)) }
        }),
      )
      return texts.flatMap(({ key, text }): readonly ExchangeReport[] =>
        text === null ? [] : [decode(reportSchema, key, text)],
      )
    },
  }
}
