import { Script } from "./script.js";

/**
 * The scripts of streams. A stream is one hash, so that a Cluster keeps it together: the items that are not read by their
 * numbers, `w` the number of the last one written, `r` of the last one read, `t` how long it is kept, in ms, `e` once it has
 * ended. Each of them may arrive twice: the second time its numbers are known. n.b. HSET may need more memory, so a full server
 * refuses to store; HDEL comes first where a reader makes room.
 */

/**
 * Stores the items whose numbers are new, and tells the reader.
 * KEYS: [1] the stream. ARGV: [1] channel of the reader; [2] number of the first item; [3] 1 when it ends; [4] life in ms; [5…] items.
 * Returns { written, read }.
 */
export const push = new Script(`
local first = tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'w', 'r', 'e')
-- some of what came before is lost
if known[1] and first > known[1] + 1 then
  redis.call('DEL', KEYS[1])
  known = {}
end
local written, read = tonumber(known[1] or first - 1), tonumber(known[2] or first - 1)
local fields = { 't', ARGV[4] }
if not known[3] then
  for i = math.max(first, written + 1), first + #ARGV - 5 do
    written = written + 1
    fields[#fields + 1] = string.format('%.0f', written)
    fields[#fields + 1] = ARGV[5 + i - first]
  end
  if ARGV[3] == '1' then fields[#fields + 1] = 'e'; fields[#fields + 1] = '1' end
end
if not known[1] or #fields > 2 then
  fields[#fields + 1] = 'w'; fields[#fields + 1] = string.format('%.0f', written)
  fields[#fields + 1] = 'r'; fields[#fields + 1] = string.format('%.0f', read)
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('PUBLISH', ARGV[1], '')
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { string.format('%.0f', written), string.format('%.0f', read) }
`);

/**
 * Removes what the reader has done with, tells the writer, and reads what follows.
 * KEYS: [1] the stream. ARGV: [1] channel of the writer; [2] number of the last item that the reader has done with; [3] how many
 * items at most; [4] how many bytes about.
 * Returns { number of the first item, 1 when nothing follows them, item… }, or nil where nothing is stored.
 */
export const pull = new Script(`
local known = redis.call('HMGET', KEYS[1], 'w', 'r', 'e', 't')
if not known[1] then return false end
local written, read = tonumber(known[1]), tonumber(known[2])
local after = math.min(tonumber(ARGV[2]), written)
local function name(number) return string.format('%.0f', number) end
while read < after do
  local done = {}
  for number = read + 1, math.min(after, read + 1000) do done[#done + 1] = name(number) end
  redis.call('HDEL', KEYS[1], unpack(done))
  read = read + #done
  if read == after then
    redis.call('HSET', KEYS[1], 'r', name(read))
    redis.call('PEXPIRE', KEYS[1], known[4])
    redis.call('PUBLISH', ARGV[1], '')
  end
end
local page, bytes = { name(read + 1), '' }, 0
for number = read + 1, math.min(written, read + tonumber(ARGV[3])) do
  local item = redis.call('HGET', KEYS[1], name(number))
  bytes = bytes + #item
  if #page > 2 and bytes > tonumber(ARGV[4]) then break end
  page[#page + 1] = item
end
if known[3] and read + #page - 2 == written then page[2] = '1' end
return page
`);

/** How far a stream has come. KEYS: [1] the stream. Returns { written, read }, nil where nothing is stored. */
export const position = new Script(`return redis.call('HMGET', KEYS[1], 'w', 'r')`);
