import { script } from '../client.js'

/**
 * Ends the claim of one agent on a caller.
 * KEYS  1 claims of the company
 * ARGV  1 call  2 agent
 * Atomic, because the claim of another agent must stay.
 */
export const giveTicketBack = script(`
local claim = redis.call('HGET', KEYS[1], ARGV[1])
if claim and string.match(claim, '^%d+ (.+)$') == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
`)
