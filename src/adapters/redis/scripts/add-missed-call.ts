import { scriptForMany } from '../client.js'

/**
 * Adds a missed call unless it is known, and keeps the latest ones only.
 * KEYS  1 missed calls  2 their order
 * ARGV  1 call  2 its time  3 record  4 calls to keep
 * Returns 1 if it was added, 0 if it was known.
 * Atomic, because calls and their order must name the same ones.
 */
export const addMissedCall = scriptForMany(`
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
local surplus = redis.call('ZRANGE', KEYS[2], 0, -1 - ARGV[4])
for _, call in ipairs(surplus) do
  redis.call('HDEL', KEYS[1], call)
  redis.call('ZREM', KEYS[2], call)
end
return 1
`)
