import { script } from '../client.js'

/**
 * Ends what is reserved for one caller; what others have reserved stays.
 * KEYS  1 leases of the company
 * ARGV  1 call  2... agents
 * Atomic, because between a look and the deletion another caller may have got the agent.
 */
export const releaseAgents = script(`
for index = 2, #ARGV do
  local lease = redis.call('HGET', KEYS[1], ARGV[index])
  if lease and string.match(lease, '^%d+ (.+)$') == ARGV[1] then redis.call('HDEL', KEYS[1], ARGV[index]) end
end
return 1
`)
