import { script } from '../client.js'

/**
 * Replaces a text, such as the applied company, if it is still what the writer read, and tells the feed.
 * KEYS  1 text
 * ARGV  1 the text that was read, empty for none  2 next text  3 feed channel  4 feed message
 * Returns `written` or `conflict`.
 * Atomic, because two writers at once must not both win.
 */
export const replaceAndTell = script(`
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return 'conflict' end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 'written'
`)
