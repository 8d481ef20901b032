import { script } from '../client.js'

/**
 * Reserves agents for one caller.
 * KEYS  1 leases of the company
 * ARGV  1 call  2 now  3 end of the lease  4... agents
 * Returns those who are reserved for the caller now.
 * Atomic, because two callers must never get the same agent. A lease is \`<end> <call>\`; one that has ended counts for nothing.
 */
export const leaseAgents = script(`
local given = {}
for index = 4, #ARGV do
  local lease = redis.call('HGET', KEYS[1], ARGV[index])
  local free = true
  if lease then
    local ends, call = string.match(lease, '^(%d+) (.+)$')
    if not ends then return redis.error_reply('WRONGTYPE the lease cannot be read') end
    free = call == ARGV[1] or tonumber(ends) <= tonumber(ARGV[2])
  end
  if free then
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[3] .. ' ' .. ARGV[1])
    given[#given + 1] = ARGV[index]
  end
end
return given
`)
