import { script } from '../client.js'

/**
 * Replaces a voice message if it is still what was read, and tells the feed.
 * KEYS  1 messages
 * ARGV  1 recording  2 the text that was read  3 next record  4 feed channel  5 feed message
 * Returns 1 if it was replaced, else 0.
 * Atomic, because a message that was removed meanwhile must stay removed.
 */
export const replaceMessage = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
`)
