import { script } from '../client.js'

/**
 * Removes a voice message and tells the feed if it was there.
 * KEYS  1 messages
 * ARGV  1 recording  2 feed channel  3 feed message
 * Returns 1 if it was removed, 0 if it was gone.
 * Atomic, because only a real change may be told.
 */
export const removeMessage = script(`
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
`)
