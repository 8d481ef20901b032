import { script } from '../client.js'

/**
 * Puts a mail into the outbox unless its id was put before (S-05).
 * KEYS  1 outbox  2 due times  3 attempts  4 the id is known
 * ARGV  1 id  2 record  3 due  4 attempts  5 milliseconds the id stays known
 * Returns `put` or `already`.
 * Atomic, because a mail must not be there twice, nor be there without a due time.
 */
export const putMail = script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 'already' end
if not redis.call('SET', KEYS[4], '1', 'NX', 'PX', ARGV[5]) then return 'already' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
return 'put'
`)
