import { script } from '../client.js'

/**
 * A caller no longer waits: the ticket, the claim on it and all that was reserved for it go together.
 * KEYS  1 tickets of the company  2 claims on them  3 leases
 * ARGV  1 call
 * Atomic, because an agent reserved for a caller who is gone would stay unused until the lease ends.
 */
export const removeTicket = script(`
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
local leases = redis.call('HGETALL', KEYS[3])
for index = 1, #leases, 2 do
  if string.match(leases[index + 1], '^%d+ (.+)$') == ARGV[1] then redis.call('HDEL', KEYS[3], leases[index]) end
end
return 1
`)
