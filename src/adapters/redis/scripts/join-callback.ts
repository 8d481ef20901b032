import { script } from '../client.js'

/**
 * A customer calls in again and takes the place of their callback.
 * KEYS  1 tickets of the company  2 claims on them  3 leases
 * ARGV  1 call  2 its ticket  3 call of the callback
 * What was reserved for the callback goes with it. Atomic, because the customer must neither lose the place nor have two.
 */
export const joinCallback = script(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[3])
local leases = redis.call('HGETALL', KEYS[3])
for index = 1, #leases, 2 do
  if string.match(leases[index + 1], '^%d+ (.+)$') == ARGV[3] then redis.call('HDEL', KEYS[3], leases[index]) end
end
return 1
`)
