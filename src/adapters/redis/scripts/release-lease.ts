import { script } from '../client.js'

/**
 * Gives the lease back.
 * KEYS  1 owner
 * ARGV  1 token of the owner
 * Returns 1 if it was ours, else 0.
 * Atomic, because somebody else's lease must not be removed.
 */
export const releaseLease = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`)
