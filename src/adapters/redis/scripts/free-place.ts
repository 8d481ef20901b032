import { script } from '../client.js'

/**
 * Frees a place if its record is still what was read.
 * KEYS  1 parked calls of the company
 * ARGV  1 place  2 the text that was read  3 field of the claim to fetch from this place
 * Returns 1 if it was freed, else 0.
 * Atomic, because another call may be parked there by now, which must stay.
 */
export const freePlace = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1], ARGV[3])
return 1
`)
