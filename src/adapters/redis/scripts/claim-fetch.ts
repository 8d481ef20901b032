import { script } from '../client.js'

/**
 * Gives the right to fetch the call of a place to one leg (P-12).
 * KEYS  1 parked calls of the company
 * ARGV  1 place  2 field of the claim  3 leg  4 now  5 end of the claim
 * Returns the record if the leg has the claim now, \`taken\` if another leg has it, nil if nothing is parked there.
 * Atomic, because of several who fetch one must win. A claim is \`<end> <leg>\`; one that has ended counts for nothing (M-10).
 */
export const claimFetch = script(`
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return nil end
local claim = redis.call('HGET', KEYS[1], ARGV[2])
if claim then
  local ends, leg = string.match(claim, '^(%d+) (.+)$')
  if not ends then return redis.error_reply('WRONGTYPE the claim cannot be read') end
  if leg ~= ARGV[3] and tonumber(ends) > tonumber(ARGV[4]) then return 'taken' end
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[5] .. ' ' .. ARGV[3])
return record
`)
