import { script } from '../client.js'

/**
 * Adds a voice message unless it is known, and tells the feed.
 * KEYS  1 messages
 * ARGV  1 recording  2 record  3 feed channel  4 feed message
 * Returns 1 if it was added, 0 if it was known.
 * Atomic, because a repeated add must neither make a message unheard again nor light the lamp again.
 */
export const addMessage = script(`
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
`)
