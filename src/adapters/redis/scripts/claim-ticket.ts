import { script } from '../client.js'

/**
 * Gives a waiting caller to the one agent who answered first.
 * KEYS  1 tickets of the company  2 claims on them
 * ARGV  1 call  2 agent  3 now  4 end of the claim
 * Returns \`won\`, \`taken\` if another agent has it, \`gone\` if nobody waits under that call.
 * Atomic, because of several who answer at once one must win. A claim is \`<end> <agent>\`; one that has ended counts for nothing.
 */
export const claimTicket = script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 'gone' end
local claim = redis.call('HGET', KEYS[2], ARGV[1])
if claim then
  local ends, agent = string.match(claim, '^(%d+) (.+)$')
  if not ends then return redis.error_reply('WRONGTYPE the claim cannot be read') end
  if agent ~= ARGV[2] and tonumber(ends) > tonumber(ARGV[3]) then return 'taken' end
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4] .. ' ' .. ARGV[2])
return 'won'
`)
