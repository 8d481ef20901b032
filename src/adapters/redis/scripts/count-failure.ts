import { script } from '../client.js'

/**
 * Counts a failed try; the last one allowed locks (H-14).
 * KEYS  1 times of the latest failures  2 lock
 * ARGV  1 now  2 tries  3 milliseconds within which they count  4 milliseconds of the lock
 * Returns the instant until which it is locked, or nil.
 * Atomic, because failures at the same time from several phones must all count.
 * A value that is no number is refused as a record of the wrong type, and stays.
 */
export const countFailure = script(`
local now = tonumber(ARGV[1])
local lock = redis.call('GET', KEYS[2])
if lock then
  if not tonumber(lock) then return redis.error_reply('WRONGTYPE the lock is no number') end
  if tonumber(lock) > now then return tonumber(lock) end
end
local earliest = redis.call('LINDEX', KEYS[1], 1 - ARGV[2])
if ARGV[2] == '1' then earliest = ARGV[1] end
if earliest then
  if not tonumber(earliest) then return redis.error_reply('WRONGTYPE a failure is no number') end
  if now - tonumber(earliest) < tonumber(ARGV[3]) then
    redis.call('DEL', KEYS[1])
    local until_ = string.format('%.0f', now + ARGV[4])
    redis.call('SET', KEYS[2], until_, 'PX', ARGV[4])
    return tonumber(until_)
  end
end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return nil
`)
