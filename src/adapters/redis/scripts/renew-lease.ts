import { script } from '../client.js'

/**
 * Prolongs the lease of its owner.
 * KEYS  1 owner  2 last token
 * ARGV  1 token of the owner  2 milliseconds of life
 * Returns `renewed`; `restored` if the lease was gone but nobody had it since (the store was wiped or was away for long, M-06);
 * `lost` if somebody else has it or had it.
 * Atomic, because the owner may change between the question and the answer.
 */
export const renewLease = script(`
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 'renewed'
end
if owner then return 'lost' end
local last = tonumber(redis.call('GET', KEYS[2]) or '') or 0
if last > tonumber(ARGV[1]) then return 'lost' end
redis.call('SET', KEYS[2], ARGV[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'restored'
`)
