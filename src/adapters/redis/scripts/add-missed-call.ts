import type { Part } from '../client.js'

const ofAPerson = 200

/**
 * Adds a missed call unless it is known, and keeps the latest ones only.
 * KEYS  1 missed calls  2 their order
 * ARGV  1 call  2 its time  3 record
 * Atomic, because calls and their order must name the same ones.
 */
export const addMissedCall: Part = {
  keys: 2,
  args: 3,
  lua: `
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3]) == 0 then return end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
local surplus = redis.call('ZRANGE', KEYS[2], 0, -1 - ${String(ofAPerson)})
for _, call in ipairs(surplus) do
  redis.call('HDEL', KEYS[1], call)
  redis.call('ZREM', KEYS[2], call)
end
`,
}
