import { scriptForMany } from '../client.js'

/**
 * Adds decisions to the trace of a call and keeps the traces within their bounds.
 * KEYS  1 trace of the call  2 traced calls by time
 * ARGV  1 call  2 time of the last decision  3 decisions to keep of a call  4 calls to keep
 *       5 milliseconds to keep a trace  6 what the key of a trace begins with  7 decisions, one a line
 * Returns nothing.
 * Atomic, because a trace that is not in the list of traces would never be found again.
 * The keys of the traces that are dropped are built from ARGV 6; they carry the company's hash tag as well.
 */
export const appendTrace = scriptForMany(`
for decision in string.gmatch(ARGV[7], '[^\\n]+') do redis.call('RPUSH', KEYS[1], decision) end
redis.call('LTRIM', KEYS[1], -ARGV[3], -1)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[2], 'NX', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', ARGV[2] - ARGV[5]))
local surplus = redis.call('ZRANGE', KEYS[2], 0, -1 - ARGV[4])
for _, call in ipairs(surplus) do
  redis.call('DEL', ARGV[6] .. call)
  redis.call('ZREM', KEYS[2], call)
end
`)
