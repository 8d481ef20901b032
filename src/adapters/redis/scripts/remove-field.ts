import { script } from '../client.js'

/**
 * Removes a field of a hash if it still holds what was read.
 * KEYS  1 hash
 * ARGV  1 field  2 the text that was read
 * Returns 1 if it was removed, else 0.
 * Atomic, because the field may hold something newer by now, which must stay.
 */
export const removeField = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`)
