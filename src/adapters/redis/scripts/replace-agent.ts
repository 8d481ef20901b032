import { script } from '../client.js'

/**
 * Replaces the record of an agent if it is still the text that was read.
 * KEYS  1 agents of the company
 * ARGV  1 agent  2 text that was read, empty for none  3 next text
 * Returns 1 if it was written, 0 if somebody else wrote in between.
 */
export const replaceAgent = script(`
local there = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if there ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
`)
