import { script } from '../client.js'

/**
 * Replaces the stored absences of a person if they are still what the writer read, remembers the command, adds to the
 * history, and tells the feed.
 * KEYS  1 absences  2 people with absences  3 commands  4 history
 * ARGV  1 the text that was read, empty for none  2 next text  3 command  4 next version  5 history line
 *       6 history lines (and commands) to keep  7 person  8 feed channel  9 feed message
 * Returns `written`, `conflict` or `already`.
 * Atomic, because of two devices at once one must win (H-12), and because a command whose writer died in the middle must
 * be found either done with its history, or not done at all.
 */
export const replaceAbsences = script(`
if redis.call('ZSCORE', KEYS[3], ARGV[3]) then return 'already' end
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return 'conflict' end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[7])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - ARGV[6])
redis.call('LPUSH', KEYS[4], ARGV[5])
redis.call('LTRIM', KEYS[4], 0, ARGV[6] - 1)
redis.call('PUBLISH', ARGV[8], ARGV[9])
return 'written'
`)
