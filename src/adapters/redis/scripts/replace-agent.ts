import { script } from '../client.js'

/**
 * Replaces the record of an agent if it still has the version that was read. One that cannot be read has none.
 * KEYS  1 agents of the company
 * ARGV  1 agent  2 version that was read, 0 for no record  3 next text
 * Returns 1 if it was written, 0 if somebody else wrote in between.
 */
export const replaceAgent = script(`
local there = redis.call('HGET', KEYS[1], ARGV[1])
local version = 0
if there then
  local readable, record = pcall(cjson.decode, there)
  version = readable and type(record) == 'table' and record.version
end
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
`)
