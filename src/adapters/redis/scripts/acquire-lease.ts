import { script } from '../client.js'

/**
 * Takes the lease if it is free.
 * KEYS  1 owner  2 last token  3 name of the owning process
 * ARGV  1 milliseconds of life  2 now  3 `waited` if nobody's lease was watched long enough, `watches` if one that has run out is to be, too
 *       4 our own name  5 name of a process known to be dead
 * Returns the token, `held by ` and the name of the owner, or `empty`: no lease was ever taken here, or the store lost its data and
 * the owner does not know yet.
 * Atomic, because two may try at once.
 * The token is at least the time in milliseconds, so that it grows even if the store lost the last one (M-06).
 */
export const acquireLease = script(`
local owner = redis.call('GET', KEYS[3]) or ''
local held = redis.call('EXISTS', KEYS[1]) == 1
if held and (owner == '' or owner ~= ARGV[5]) then return 'held by ' .. owner end
local last = tonumber(redis.call('GET', KEYS[2]) or '')
if not last and ARGV[3] ~= 'waited' then return 'empty' end
if not held and ARGV[3] == 'watches' then return 'empty' end
local token = string.format('%.0f', math.max((last or 0) + 1, tonumber(ARGV[2])))
redis.call('SET', KEYS[2], token)
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
redis.call('SET', KEYS[3], ARGV[4])
return token
`)
