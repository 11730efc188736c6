import { BRIEF_SLOT_MS, HORIZON_MS, SLOT_MS, TURN_MS } from "../../limiting.js";
import { Script } from "./script.js";

/**
 * The scripts of waiting rooms. They decide as `transports/limiting/room.ts` does, and their functions have the names of its
 * methods and of those of its store. KEYS of all of them: those of a room, in the order of `Keys.room`. Each may arrive twice: its
 * state is by the ids of messages and by holders, so the second run finds what the first one did.
 */
const STORE = `
local slots, leases, counts, paces, line, entries, given, ring, off, counters = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(ms) return string.format('%.3f', ms) end

-- start, until, holder, key; nil where there is none
local function slot_of(id)
  local slot = redis.call('HGET', slots, id)
  if not slot then return nil end
  local start, ends, holder, key = string.match(slot, '^(%S+) (%S+) (%S*) (.*)$')
  return tonumber(start), tonumber(ends), holder, key
end

local function set_slot(id, start, ends, holder, key)
  if redis.call('HSET', slots, id, text(start) .. ' ' .. text(ends) .. ' ' .. holder .. ' ' .. key) == 1 then
    redis.call('HINCRBY', counts, key, 1)
  end
  redis.call('ZADD', leases, text(ends), id)
end

-- the first message of a key that waits: its member in the line
local function first(key)
  return redis.call('ZRANGEBYLEX', line, '[' .. key .. '\\0', '(' .. key .. '\\1', 'LIMIT', 0, 1)[1]
end

local function enter(key)
  if redis.call('ZSCORE', ring, key) or redis.call('ZSCORE', off, key) then return end
  redis.call('ZADD', ring, redis.call('HINCRBY', counters, 'turn', 1), key)
end

local function free_slot(id)
  local _, _, _, key = slot_of(id)
  if not key then return end
  redis.call('HDEL', slots, id)
  redis.call('ZREM', leases, id)
  if redis.call('HINCRBY', counts, key, -1) <= 0 then redis.call('HDEL', counts, key) end
  if first(key) then enter(key) end
end

local function sweep()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. now, 'LIMIT', 0, 1000)) do free_slot(id) end
  redis.call('ZREMRANGEBYSCORE', paces, '-inf', now)
end

local function unhold(id)
  redis.call('HDEL', entries, id)
  redis.call('ZREM', given, id)
end

local function is_waiting() return redis.call('EXISTS', line) end
`;

/** ARGV: [1] the time between two starts in the room, [2] of a key, [3] slots of a key, -1 for no limit; [4] how late one may be. */
const RULES = `
local every, key_every, concurrency, late = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local HORIZON = ${HORIZON_MS}
local earliness = every < 0 and HORIZON or 0

local function has_slot(key)
  return concurrency < 0 or tonumber(redis.call('HGET', counts, key) or 0) < concurrency
end

local function wait_for(key, each)
  if each < 0 then return 0 end
  return math.max(0, tonumber(redis.call('ZSCORE', paces, key) or 0) - now)
end

local function reserve(key, start)
  if every >= 0 then redis.call('ZADD', paces, text(start + every), '') end
  if key_every >= 0 then redis.call('ZADD', paces, text(start + key_every), key) end
end
`;

/**
 * Lets messages start, or keeps them. ARGV: rules, then for each message four: id, key, holder, its queue and the message.
 * Returns for each in how many ms it may start, below 0 for since when, or `held`.
 */
export const admit = new Script(`${STORE}${RULES}
local SLOT = concurrency < 0 and ${BRIEF_SLOT_MS} or ${SLOT_MS}

-- n.b. a start that is over must not count as one of now: the next ones are reckoned from it
local function until_start(start) return text((every < 0 and key_every < 0) and 0 or start - now) end

local function take(id, key, holder, start)
  set_slot(id, start, now + SLOT, holder, key)
  return until_start(start)
end

local function hold(id, key, message, at_front)
  local place = at_front and redis.call('HINCRBY', counters, 'front', -1) or redis.call('HINCRBY', counters, 'back', 1)
  local where = string.format('%016.0f', 5000000000000000 + place)
  redis.call('HSET', entries, id, where .. ' ' .. key .. '\\n' .. message)
  redis.call('ZADD', line, 0, key .. '\\0' .. where .. '\\0' .. id)
  if has_slot(key) then enter(key) end
  return 'held'
end

local function start_of(key)
  local wait, key_wait = wait_for('', every), wait_for(key, key_every)
  if wait > HORIZON or key_wait > math.max(wait, earliness) then return nil end
  return now + math.max(wait, key_wait)
end

local function begin(id, key, holder, message, at_front)
  local start = has_slot(key) and start_of(key)
  if not start then return hold(id, key, message, at_front) end
  reserve(key, start)
  return take(id, key, holder, start)
end

local function go_on(id, key, holder, message)
  free_slot(id)
  return begin(id, key, holder, message, true)
end

-- a turn came too late: its time is unused, and where it is the last one that was given it is as if it never was
local function give_back(key, start)
  for member, each in pairs({ [''] = every, [key] = key_every }) do
    local pace = tonumber(redis.call('ZSCORE', paces, member) or 0)
    if each >= 0 and math.abs(pace - start - each) < 0.1 then redis.call('ZADD', paces, text(start), member) end
  end
end

local function admit_one(id, key, holder, message)
  local start, _, holds = slot_of(id)
  if start and holds == holder then return until_start(start) end
  local is_held, is_given = redis.call('HEXISTS', entries, id) == 1, redis.call('ZSCORE', given, id)
  if not start and is_held and not is_given then return 'held' end
  if is_held then unhold(id) end
  if not start and is_held then return go_on(id, key, holder, message) end
  if not start then
    local is_behind = first(key) or every >= 0 and redis.call('EXISTS', ring) == 1
    if is_behind then return hold(id, key, message, false) end
    return begin(id, key, holder, message, false)
  end
  local is_usable = start > now
  if holds == '' then is_usable = start + late > now end
  if is_usable then return take(id, key, holder, start) end
  if holds == '' then give_back(key, start) end
  return go_on(id, key, holder, message)
end

sweep()
local replies = {}
for i = 5, #ARGV, 4 do replies[#replies + 1] = admit_one(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
return replies
`);

/**
 * Gives turns. ARGV: rules, [5] how many at most.
 * Returns { in how many ms to ask again, or -1; 1 when somebody waits; queue and message of each }.
 */
export const turns = new Script(`${STORE}${RULES}
local max = tonumber(ARGV[5])
local reply = { '-1', 0 }

local function give(id)
  redis.call('ZADD', given, text(now + ${TURN_MS}), id)
  local entry = redis.call('HGET', entries, id)
  reply[#reply + 1] = string.sub(entry, string.find(entry, '\\n', 1, true) + 1)
end

local function recall()
  local due = redis.call('ZRANGEBYSCORE', off, '-inf', now, 'LIMIT', 0, 1000)
  for _, key in ipairs(due) do
    redis.call('ZREM', off, key)
    enter(key)
  end
end

-- a number: nobody's turn for so many milliseconds
local function turn_of(key)
  local member = first(key)
  if not member or not has_slot(key) then return nil end
  local wait, key_wait = wait_for('', every), wait_for(key, key_every)
  if wait > HORIZON then
    redis.call('ZADD', ring, redis.call('HINCRBY', counters, 'head', -1), key)
    return wait - HORIZON / 2
  end
  local early = key_wait - earliness
  if early > 0 then
    redis.call('ZADD', off, text(now + early + earliness / 2), key)
    return nil
  end
  local id = string.match(member, '%z([^%z]*)$')
  local start = now + math.max(wait, key_wait)
  reserve(key, start)
  redis.call('ZREM', line, member)
  set_slot(id, start, now + ${SLOT_MS}, '', key)
  give(id)
  if first(key) and has_slot(key) then enter(key) end
  return nil
end

sweep()
recall()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', given, '-inf', '(' .. now, 'LIMIT', 0, max)) do give(id) end
local next_ms
while #reply < max + 2 and not next_ms do
  local key = redis.call('ZPOPMIN', ring)[1]
  if not key then break end
  next_ms = turn_of(key)
end
local recalled = tonumber(redis.call('ZRANGE', off, 0, 0, 'WITHSCORES')[2] or '')
if recalled then next_ms = math.min(next_ms or math.huge, math.max(0, recalled - now)) end
if next_ms then reply[1] = text(next_ms) end
reply[2] = is_waiting()
return reply
`);

/** Forgets messages that are on their way; none that waits again. ARGV: ids. */
export const sent = new Script(`${STORE}
for _, id in ipairs(ARGV) do
  if redis.call('ZSCORE', given, id) then unhold(id) end
end
`);

/** Frees slots. ARGV: for each two: id, holder. Returns 1 when somebody waits. */
export const leave = new Script(`${STORE}
for i = 1, #ARGV, 2 do
  local _, _, holder = slot_of(ARGV[i])
  if holder == ARGV[i + 1] then free_slot(ARGV[i]) end
end
return is_waiting()
`);

/** Renews slots. ARGV: for each two: id, holder. */
export const renew = new Script(`${STORE}
for i = 1, #ARGV, 2 do
  local start, _, holder, key = slot_of(ARGV[i])
  if holder == ARGV[i + 1] then set_slot(ARGV[i], start, now + ${SLOT_MS}, holder, key) end
end
`);
