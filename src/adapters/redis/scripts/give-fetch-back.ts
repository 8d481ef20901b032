import { script } from '../client.js'

/**
 * Ends the claim of a leg to fetch the call of a place (P-17).
 * KEYS  1 parked calls of the company
 * ARGV  1 field of the claim  2 leg
 * Returns 1 if the leg had it, else 0.
 * Atomic, because the claim may have lapsed and be another leg's by now.
 */
export const giveFetchBack = script(`
local claim = redis.call('HGET', KEYS[1], ARGV[1])
if not claim or string.match(claim, '^%d+ (.+)$') ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`)
