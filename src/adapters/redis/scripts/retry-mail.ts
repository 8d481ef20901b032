import { script } from '../client.js'

/**
 * Makes a mail due later and counts the attempt, if it is still there.
 * KEYS  1 outbox  2 due times  3 attempts
 * ARGV  1 id  2 due
 * Returns 1 if it was there, else 0.
 * Atomic, because a mail that is done must not come back.
 */
export const retryMail = script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
`)
