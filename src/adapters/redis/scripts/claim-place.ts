import { script } from '../client.js'

/**
 * Puts a parked call on a place unless one is there (P-04).
 * KEYS  1 parked calls of the company
 * ARGV  1 place  2 record  3 field of the claim to fetch from this place
 * Returns nil if the place was free, else the record that is there.
 * Atomic, because of two who park at once one must win; a claim to fetch the call that was there before must not outlive it.
 */
export const claimPlace = script(`
local there = redis.call('HGET', KEYS[1], ARGV[1])
if there then return there end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[1], ARGV[3])
return nil
`)
