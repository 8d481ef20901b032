import { script } from '../client.js'

/**
 * Puts a parked call on the first free place of a group, looking from the one after the last used (P-28).
 * KEYS  1 parked calls of the company  2 last used place of each group
 * ARGV  1 group  2 record without its place and its opening brace  3 what the record of this very call holds
 *       4 what the field of a claim to fetch begins with  5... for each place in order: the place, \`1\` if it may be used
 * Returns the place, or nil if none is free.
 * Atomic, because two who park in the group at once must get two places, and the next one a third.
 * A call that is on one of the places already gets that one: its claim was carried out although the answer was lost. It is
 * recognised by its text, because taking 200 records apart would hold the server up.
 */
export const claimPlaceInGroup = script(`
local places, usable = {}, {}
for index = 5, #ARGV, 2 do
  places[#places + 1] = ARGV[index]
  usable[#usable + 1] = ARGV[index + 1] == '1'
end
if #places == 0 then return nil end
local records = redis.call('HMGET', KEYS[1], unpack(places))
for index, record in ipairs(records) do
  if record and string.find(record, ARGV[3], 1, true) then return places[index] end
end
local last = redis.call('HGET', KEYS[2], ARGV[1])
local start = 0
for index, place in ipairs(places) do
  if place == last then start = index end
end
for step = 0, #places - 1 do
  local index = (start + step) % #places + 1
  if usable[index] and not records[index] then
    local place = places[index]
    redis.call('HSET', KEYS[1], place, '{"place":"' .. place .. '",' .. ARGV[2])
    redis.call('HDEL', KEYS[1], ARGV[4] .. place)
    redis.call('HSET', KEYS[2], ARGV[1], place)
    return place
  end
end
return nil
`)
