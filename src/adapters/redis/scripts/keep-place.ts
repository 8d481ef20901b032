import { script } from '../client.js'

/**
 * Keeps the place of somebody who is to be called back.
 * KEYS  1 tickets of the company
 * ARGV  1 call  2 its ticket  3 queue  4 number to call
 * Returns 1, or 0 if another callback of this number is kept in this queue.
 * Atomic, because two calls from one number may ask at once. All tickets are looked through: there is no second record of the
 * numbers that could say something else than the tickets.
 */
export const keepPlace = script(`
local all = redis.call('HGETALL', KEYS[1])
for index = 1, #all, 2 do
  local read, ticket = pcall(cjson.decode, all[index + 1])
  if read and all[index] ~= ARGV[1] and type(ticket) == 'table' and type(ticket.callback) == 'table'
    and ticket.queue == ARGV[3] and ticket.callback.number == ARGV[4] then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`)
