import { script } from '../client.js'

/**
 * Adds a visit to a queue unless it is known, and forgets some of those that are too old.
 * KEYS  1 visits  2 their order
 * ARGV  1 name of the visit  2 when it began  3 record  4 the oldest to keep
 * Returns 1 if it was added, 0 if it was known.
 * Atomic, because visits and their order must name the same ones.
 */
export const addVisit = script(`
local added = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[3])
if added == 1 then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1]) end
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[4], 'LIMIT', 0, 100)
for _, visit in ipairs(old) do
  redis.call('HDEL', KEYS[1], visit)
  redis.call('ZREM', KEYS[2], visit)
end
return added
`)
