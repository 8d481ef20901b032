import type { Part } from '../client.js'

const decisionsOfACall = 500
const calls = 20_000
const thirtyDays = 30 * 86_400_000

/**
 * Adds decisions to the trace of a call and keeps the traces within their bounds.
 * KEYS  1 trace of the call  2 traced calls by time
 * ARGV  1 call  2 time of the last decision  3 decisions, one a line
 * Atomic, because a trace that is not in the list of traces would never be found again.
 * The keys of the traces that are dropped are built from KEYS 1, which ends with its call; they carry the company's hash tag as well.
 */
export const appendTrace: Part = {
  keys: 2,
  args: 3,
  lua: `
for decision in string.gmatch(ARGV[3], '[^\\n]+') do redis.call('RPUSH', KEYS[1], decision) end
redis.call('LTRIM', KEYS[1], -${String(decisionsOfACall)}, -1)
redis.call('PEXPIRE', KEYS[1], ${String(thirtyDays)})
redis.call('ZADD', KEYS[2], 'NX', ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', ARGV[2] - ${String(thirtyDays)}))
local surplus = redis.call('ZRANGE', KEYS[2], 0, -1 - ${String(calls)})
for _, call in ipairs(surplus) do
  redis.call('DEL', string.sub(KEYS[1], 1, -1 - #ARGV[1]) .. call)
  redis.call('ZREM', KEYS[2], call)
end
`,
}
