import { script } from '../client.js'

/**
 * Replaces the record of a place if it is still what was read; a claim to fetch stays.
 * KEYS  1 parked calls of the company
 * ARGV  1 place  2 the text that was read  3 next record
 * Returns 1 if it was replaced, else 0.
 * Atomic, because the call may have been fetched meanwhile and another one may be parked there.
 */
export const replaceParked = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
`)
