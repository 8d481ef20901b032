import { script } from '../client.js'

/**
 * Removes a mail from the outbox; its id stays known.
 * KEYS  1 outbox  2 due times  3 attempts
 * ARGV  1 id
 * Returns nothing.
 * Atomic, because the three name the same mails.
 */
export const removeMail = script(`
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
`)
