import { Script } from "./script.js";

/**
 * All scripts. A script runs as one step that nothing divides, and may arrive twice: whoever was not told the outcome runs
 * it again, as a repetition where ARGV says so, and the second run changes nothing. Every key is in KEYS. A server whose
 * memory is full refuses a script whose first write may need more, and no other: those that make room, or keep what is
 * there, begin with one that needs none. Those that
 * several scripts are given come first and are named by `QUEUE`; markers and records are told apart by their first
 * letter: `Q` a message on its way, `F` one that ended without a record, `W` nothing but waiters, `R` a terminal record.
 * `Q` and `F` name the batch that put the message, and the last ones that put it before, if it came again after such an end;
 * after a bar, the addresses of clients that wait without being the caller: `Q<batch>,<batch>|<address>|<address>`. n.b. a text
 * that all messages of a batch share is made once: to Lua every other one is new.
 */

/** The server's clock. */
const MILLIS = `
local function millis()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
`;

/** KEYS[1] consumers, [2] bell, [3] delayed, [4] to [13] waiting, priority 9 first. */
const QUEUE = `
local consumers, bell, delayed = KEYS[1], KEYS[2], KEYS[3]
local DEFAULT = 4
local UNPACK = 1000
local BELLS = 128

local function waiting(priority) return KEYS[13 - priority] end

${MILLIS}
local function in_chunks(command, key, values)
  for from = 1, #values, UNPACK do
    redis.call(command, key, unpack(values, from, math.min(from + UNPACK - 1, #values)))
  end
end

-- n.b. whoever may write to a list may have written anything: that has no id, and the default priority
local function id_of(message) return string.match(message, '^%d+ ([!-~]+) %d ') end
local function priority_of(message) return tonumber(string.match(message, '^%d+ [!-~]+ (%d) ') or DEFAULT) end

-- what is no message becomes the body of one, with an id of its own; no worker can read it
local function foreign(bytes, place)
  local id = 'foreign-' .. string.sub(redis.sha1hex(place .. bytes), 1, 24)
  return id, '0 ' .. id .. ' ' .. DEFAULT .. '   \\n' .. bytes
end

-- pushes lists of messages by priority; a priority that is not the default one is noted for who fetches
local function push(command, lists)
  for priority, list in pairs(lists) do
    if priority ~= DEFAULT then redis.call('HSET', consumers, '#' .. priority, 1) end
    in_chunks(command, waiting(priority), list)
  end
end

local function add(lists, priority, message)
  local list = lists[priority]
  if list then list[#list + 1] = message else lists[priority] = { message } end
end

-- '1': one message waits at the default priority; '*': look everywhere. Tokens that nobody takes do not pile up
local function ring(token)
  if redis.call('RPUSH', bell, token) > BELLS then
    redis.call('DEL', bell)
    redis.call('RPUSH', bell, '*')
  end
end

-- notes the time of the earliest delayed message; true when it is earlier than what was known
local function note_due(due)
  local known = tonumber(redis.call('HGET', consumers, '#due') or '')
  if known and known <= due then return false end
  redis.call('HSET', consumers, '#due', string.format('%.0f', due))
  return true
end
`;

/** Many texts that come as one, with the length of each, followed by a comma. */
const UNPACKING = `
local function unpacked(lengths, bytes)
  local texts, at = {}, 1
  for length in string.gmatch(lengths, '%d+') do
    local next = at + length
    texts[#texts + 1] = string.sub(bytes, at, next - 1)
    at = next
  end
  return texts
end
`;

/** Storing records and telling who waits. */
const RECORDS = `
local TOLD = 65536
local notices = {}

local function notify(address, id, record)
  local frame = #record > TOLD and (id .. ' -1\\n') or (id .. ' ' .. #record .. '\\n' .. record)
  local list = notices[address]
  if list then list[#list + 1] = frame else notices[address] = { frame } end
end

local function is_record(value) return value and string.byte(value) == 82 end

local function has_waiters(marker) return marker and string.find(marker, '|', 1, true) end

-- tells the caller's address, and every other one that the marker names
local function tell(id, record, address, marker)
  if address ~= '' then notify(address, id, record) end
  local bar = has_waiters(marker)
  if not bar then return end
  for waiter in string.gmatch(string.sub(marker, bar + 1), '[^|]+') do
    if waiter ~= address then notify(waiter, id, record) end
  end
end

-- n.b. what was written before an error stays written: a user that may not publish must not end half a script
local function send_notices()
  for address, list in pairs(notices) do redis.pcall('PUBLISH', address, table.concat(list)) end
end

-- the first record stays. n.b. setting first and putting back is one command where there is no earlier record, that is
-- always; its life then begins anew. True when it is the first; the marker that was there
local function set_first(key, record, ttl)
  local old = redis.call('SET', key, record, 'PX', ttl, 'GET')
  if not is_record(old) then return true, old end
  redis.call('SET', key, old, 'PX', string.match(old, ' (%d+)'))
  return false
end

local function store(key, id, record, ttl, address)
  local is_first, marker = set_first(key, record, ttl)
  if is_first then tell(id, record, address, marker) end
end

-- messages that end without a record: their ids are free, but a batch that is repeated must find that it was here; so the
-- names stay for a while, with waiters for as long as these
local function let_go(keys)
  if #keys == 0 then return end
  local old = redis.call('MGET', unpack(keys))
  for i, key in ipairs(keys) do
    local marker = old[i]
    if marker and string.byte(marker) == 81 then
      local ended = 'F' .. string.sub(marker, 2)
      if has_waiters(marker) then
        redis.call('SET', key, ended, 'KEEPTTL')
      else
        redis.call('SET', key, ended, 'PX', 120000)
      end
    end
  end
end
`;

/**
 * Puts messages into a queue, those with a known id left out.
 * KEYS: queue, then a marker for each message.
 * ARGV: [1] the batch, unique; [2] life of a marker in ms; [3] the lengths of the messages, [4] the messages one after the
 * other; [5] their priorities, a digit each; [6] the times they are due, each followed by a comma, or nothing at all.
 * Returns a text of n digits: 1 stored, 0 a duplicate. Repeated: the same text, unless results came meanwhile; also what
 * ended without a result meanwhile is not put again.
 */
export const enqueue = new Script(`${QUEUE}${UNPACKING}
local batch, ttl, messages = ARGV[1], ARGV[2], unpacked(ARGV[3], ARGV[4])
local priorities, dues = ARGV[5], ARGV[6]
local due_of, now = {}, 0
if dues ~= '' then
  now = millis()
  for due in string.gmatch(dues, '([^,]*),') do due_of[#due_of + 1] = tonumber(due) or 0 end
end

local NAMES = 256
local QUEUED, ENDED, WAITERS = 81, 70, 87

-- where each id is first in this batch; known only once it is asked for
local first_at
local function is_first(i)
  if not first_at then
    first_at = {}
    for at = #KEYS, 14, -1 do first_at[KEYS[at]] = at - 13 end
  end
  return first_at[KEYS[13 + i]] == i
end

-- 1: new; 2: put by an earlier run of this very batch; 0: known
local marker = 'Q' .. batch
local function mark(i, due)
  local key = KEYS[13 + i]
  local life = due > now and string.format('%.0f', ttl + due - now) or ttl
  if redis.call('SET', key, marker, 'NX', 'PX', life) then return 1 end
  local old = redis.call('GET', key)
  local kind = string.byte(old)
  if kind ~= QUEUED and kind ~= ENDED and kind ~= WAITERS then return 0 end
  local names, waiters = string.match(old, '^.([^|]*)(.*)$')
  local is_ours = string.find(',' .. names .. ',', ',' .. batch .. ',', 1, true)
  -- n.b. one that is elsewhere in this batch is in it twice
  if is_ours and is_first(i) then return 2 end
  if is_ours or kind == QUEUED then return 0 end
  local all = names == '' and batch or (batch .. ',' .. names)
  redis.call('SET', key, 'Q' .. string.sub(all, 1, NAMES) .. waiters, 'PX', life)
  return 1
end

local outcomes, lists, pushed, later, earliest = {}, {}, 0, {}, nil
for i, message in ipairs(messages) do
  local due = due_of[i] or 0
  local marked = mark(i, due)
  outcomes[i] = marked == 0 and '0' or '1'
  if marked == 1 and due > now then
    later[#later + 1] = string.format('%.0f', due)
    later[#later + 1] = message
    if not earliest or due < earliest then earliest = due end
  elseif marked == 1 then
    add(lists, string.byte(priorities, i) - 48, message)
    pushed = pushed + 1
  end
end
if #later > 0 then in_chunks('ZADD', delayed, later) end
push('RPUSH', lists)
local sooner = earliest and note_due(earliest)
if pushed == 1 and lists[DEFAULT] and not sooner then ring('1') elseif pushed > 0 or sooner then ring('*') end
return table.concat(outcomes)
`);

/**
 * Gives a consumer messages to own, after those that are due were put to the others.
 * KEYS: queue, [14] owned.
 * ARGV: [1] the consumer; [2] number of the fetch; [3] how many at most; [4] consumers there are; [5] 1 when repeated; [6] 1 when the
 * bell is known to be silent.
 * Returns { 0 } when the consumer was reaped; else { 1, 1 when more is left, ms until a delayed one is due or -1, message… }; instead
 * of 1 it begins with 2 where other priorities than the default one are in use.
 * Repeated: the same messages. An order that its own repetition has overtaken brings nothing: nobody would take it.
 */
export const fetch = new Script(`${QUEUE}
local owned = KEYS[14]
local number, wanted, peers = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local state = redis.call('HMGET', consumers, ARGV[1], '#due', '#9', '#8', '#7', '#6', '#5', '#3', '#2', '#1', '#0')
if state[1] ~= '1' then return { 0 } end

local function body(value) return string.sub(value, string.find(value, ' ', 1, true) + 1) end

local function last_fetch() return string.match(redis.call('HGET', owned, '.') or '0\\n', '^(%d+)\\n(.*)$') end

if ARGV[5] == '1' then
  local last, ids = last_fetch()
  if last == number then
    local reply = { 1, 1, 0 }
    for id in string.gmatch(ids, '[^\\n]+') do
      local value = redis.call('HGET', owned, id)
      if value then reply[#reply + 1] = body(value) end
    end
    return reply
  end
end

local used, is_mixed = { [DEFAULT] = true }, false
for i, priority in ipairs({ 9, 8, 7, 6, 5, 3, 2, 1, 0 }) do
  used[priority] = state[i + 2] and true
  is_mixed = is_mixed or used[priority]
end

local until_due = -1
if state[2] then
  local now = millis()
  if tonumber(state[2]) <= now then
    local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', string.format('%.0f', now), 'LIMIT', 0, UNPACK)
    if #due > 0 then
      redis.call('ZREMRANGEBYRANK', delayed, 0, #due - 1)
      local lists = {}
      for _, message in ipairs(due) do
        local priority = priority_of(message)
        add(lists, priority, message)
        used[priority] = true
      end
      push('RPUSH', lists)
    end
    local next = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
    if next then redis.call('HSET', consumers, '#due', next) else redis.call('HDEL', consumers, '#due') end
    state[2] = next
  end
  if state[2] then until_due = math.max(0, tonumber(state[2]) - now) end
end

if peers > 1 and wanted > 1 then
  local left = 0
  for priority = 9, 0, -1 do
    if used[priority] then left = left + redis.call('LLEN', waiting(priority)) end
  end
  wanted = math.min(wanted, math.max(1, math.ceil(left / peers)))
end

local reply = { is_mixed and 2 or 1, 0, until_due }
for priority = 9, 0, -1 do
  local open = wanted + 3 - #reply
  if used[priority] and open > 0 then
    for _, message in ipairs(redis.call('LPOP', waiting(priority), open) or {}) do reply[#reply + 1] = message end
  end
end
local count = #reply - 3
if count == 0 then
  if ARGV[6] ~= '1' then redis.call('DEL', bell) end
  if ARGV[5] == '1' then redis.call('HSET', owned, '.', number .. '\\n') end
  return reply
end

if tonumber((last_fetch())) >= tonumber(number) then
  for i = #reply, 4, -1 do push('LPUSH', { [priority_of(reply[i])] = { reply[i] } }) end
  ring('*')
  return { 1, 1, 0 }
end

local ids, fields = { number }, { '.', '' }
for i = 1, count do
  local message = reply[i + 3]
  local id = id_of(message)
  if not id or #id > 36 then
    id, message = foreign(message, ARGV[1] .. number .. ' ' .. i)
    reply[i + 3] = message
  end
  ids[i + 1] = id
  fields[2 * i + 1] = id
  fields[2 * i + 2] = (number * UNPACK + i) .. ' ' .. message
end
fields[2] = table.concat(ids, '\\n')
in_chunks('HSET', owned, fields)

if count == wanted then
  local lists = {}
  for priority in pairs(used) do lists[#lists + 1] = waiting(priority) end
  if redis.call('EXISTS', unpack(lists)) > 0 then
    reply[2] = 1
    if redis.call('LLEN', bell) == 0 then redis.call('RPUSH', bell, '*') end
  end
end
return reply
`);

/**
 * Ends messages as done: each record stored, its message forgotten, or neither when the message is not owned any more.
 * KEYS: [1] consumers, [2] owned, [3] hand, then the record or marker of each message.
 * ARGV: [1] the consumer; [2] 1 when repeated; [3] which message is the one in the hand, or 0; [4] life of a record in
 * ms; [5] where in the name of a record or marker its id begins; [6] the lengths of the records, 0 for none, [7] the records
 * one after the other; [8…] the address of each or nothing, once if it is the same for all.
 * Returns a text of n digits: 1 settled, 0 lost. Repeated: what is not there any more was settled by the first run, as
 * long as the consumer was not reaped.
 */
export const finish = new Script(`${RECORDS}${UNPACKING}
local owned, hand, ttl, records = KEYS[2], tonumber(ARGV[3]), ARGV[4], unpacked(ARGV[6], ARGV[7])
local ids, ours, rest, places = {}, {}, {}, {}
for i = 1, #records do
  ids[i] = string.sub(KEYS[3 + i], ARGV[5])
  if i == hand then
    ours[i] = redis.call('LPOP', KEYS[3]) and true
  else
    rest[#rest + 1] = ids[i]
    places[#places + 1] = i
  end
end
if #rest == 1 then
  ours[places[1]] = redis.call('HDEL', owned, rest[1]) == 1
elseif #rest > 1 then
  local values = redis.call('HMGET', owned, unpack(rest))
  redis.call('HDEL', owned, unpack(rest))
  for i, place in ipairs(places) do ours[place] = values[i] and true end
end

local repeated = ARGV[2] == '1' and redis.call('HGET', KEYS[1], ARGV[1]) == '1'
local outcomes, bare, first, markers = {}, {}, {}, {}
-- all of it can be told as it came: every record is the first one, for one address that alone waits
local as_it_came = #ARGV == 8 and ARGV[8] ~= ''
for i, record in ipairs(records) do
  if ours[i] and record ~= '' then
    first[i], markers[i] = set_first(KEYS[3 + i], record, ttl)
  elseif ours[i] then
    bare[#bare + 1] = KEYS[3 + i]
  end
  as_it_came = as_it_came and first[i] and #record <= TOLD and not has_waiters(markers[i])
  outcomes[i] = (ours[i] or repeated) and '1' or '0'
end
let_go(bare)
if as_it_came then
  redis.pcall('PUBLISH', ARGV[8], ' ' .. table.concat(ids, ' ') .. '\\n' .. ARGV[6] .. '\\n' .. ARGV[7])
else
  for i, record in ipairs(records) do
    if first[i] then tell(ids[i], record, ARGV[7 + i] or ARGV[8], markers[i]) end
  end
  send_notices()
end
return table.concat(outcomes)
`);

/**
 * Ends messages in any other way, or together with such: retried, released, dead.
 * KEYS: queue that a retry goes to; [14] consumers, [15] owned, [16] hand, [17] dead and [18] bell of the queue they came
 * from, [19] to [28] its waiting, priority 9 first; then the record or marker of each message.
 * ARGV: [1] the consumer; [2] 1 when repeated; [3] which message is in the hand, or 0; [4] n; then for each message seven:
 * what (done, retry, release, dead), id, the next message or the reason, time it is due or 0, record or nothing, life of
 * the record in ms, address or nothing.
 * Returns like \`finish\`.
 */
export const settle = new Script(`${QUEUE}${RECORDS}
local source, owned, hand, dead, source_bell = KEYS[14], KEYS[15], KEYS[16], KEYS[17], KEYS[18]
local in_hand, n = tonumber(ARGV[3]), tonumber(ARGV[4])
local repeated = ARGV[2] == '1' and redis.call('HGET', source, ARGV[1]) == '1'
local now = millis()

local function disown(i, id)
  if i == in_hand then return redis.call('LPOP', hand) end
  local value = redis.call('HGET', owned, id)
  if not value then return nil end
  redis.call('HDEL', owned, id)
  return string.sub(value, string.find(value, ' ', 1, true) + 1)
end

local outcomes, bare, released, retried, later, earliest = {}, {}, {}, {}, {}, nil

local function apply(what, message, argument, due)
  if what == 'release' then
    local priority = priority_of(message)
    released[priority] = released[priority] or {}
    table.insert(released[priority], 1, message)
  elseif what == 'dead' then
    redis.call('LPUSH', dead, string.format('%.0f', now) .. ' ' .. argument .. '\\n' .. message)
  elseif what == 'retry' and due > now then
    later[#later + 1] = string.format('%.0f', due)
    later[#later + 1] = argument
    if not earliest or due < earliest then earliest = due end
  elseif what == 'retry' then
    add(retried, priority_of(argument), argument)
  end
end

for i = 1, n do
  local at = 4 + 7 * (i - 1)
  local what, id, record = ARGV[at + 1], ARGV[at + 2], ARGV[at + 5]
  local message = disown(i, id)
  outcomes[i] = (message or repeated) and '1' or '0'
  if message then
    apply(what, message, ARGV[at + 3], tonumber(ARGV[at + 4]))
    if record ~= '' then
      store(KEYS[28 + i], id, record, ARGV[at + 6], ARGV[at + 7])
    elseif what == 'done' or what == 'dead' then
      bare[#bare + 1] = KEYS[28 + i]
    end
  end
end

if #later > 0 then in_chunks('ZADD', delayed, later) end
push('RPUSH', retried)
local sooner = earliest and note_due(earliest)
if next(retried) or sooner then ring('*') end
for priority, list in pairs(released) do
  if priority ~= DEFAULT then redis.call('HSET', source, '#' .. priority, 1) end
  in_chunks('LPUSH', KEYS[28 - priority], list)
end
if next(released) then redis.call('RPUSH', source_bell, '*') end
let_go(bare)
send_notices()
return table.concat(outcomes)
`);

/**
 * Enrols a consumer, or finds out whether it still is one.
 * KEYS: [1] consumers, [2] its lease. ARGV: [1] the consumer; [2] its lease in ms; [3] 1 to enrol; [4] 1, or 0 when it takes
 * nothing now.
 * Returns 1 when it is a consumer, and its lease is renewed; 0 when it was reaped.
 * n.b. first a write that needs no memory: after it the others are taken also when that is full. It must not remove the key, which
 * could not be written again here while its slot moves to another node.
 */
export const enrol = new Script(`
redis.call('PEXPIRE', KEYS[2], ARGV[2])
if ARGV[3] == '1' then redis.call('HSETNX', KEYS[1], ARGV[1], 1) end
if redis.call('HGET', KEYS[1], ARGV[1]) ~= '1' then return 0 end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[2])
return 1
`);

/**
 * Renews leases. n.b. `PEXPIRE` is taken also when the memory is full.
 * KEYS: leases. ARGV: [1] their length in ms. Returns for each 1, or 0 when it was over.
 */
export const renew = new Script(`
local renewed = {}
for i, key in ipairs(KEYS) do renewed[i] = redis.call('PEXPIRE', key, ARGV[1]) end
return renewed
`);

/**
 * Puts what a consumer owned back to the front of its queue: one that left, or one whose lease is over, which counts as a
 * redelivery. A reaped one is remembered for two minutes and reaped again: an order of its own may have been on its way.
 * KEYS: queue, [14] its lease, [15] owned, [16] hand. ARGV: [1] the consumer; [2] 1 when it left, 2 when it left and an order
 * of its own may be on its way, 3 when it found its lease over and goes on under another name, 0 when it may have died. Only
 * with 0 must it be known as a consumer: who puts back its own may have been forgotten.
 * Returns how many messages were put back, or -1 when it lives or is not known.
 */
export const reap = new Script(`${QUEUE}
local left = ARGV[2] == '1' or ARGV[2] == '2'
local state = redis.call('HGET', consumers, ARGV[1])
if ARGV[2] == '0' and (not state or redis.call('EXISTS', KEYS[14]) == 1) then return -1 end
redis.call('DEL', KEYS[14])

local messages = {}
for _, message in ipairs(redis.call('LRANGE', KEYS[16], 0, -1)) do messages[#messages + 1] = { 0, message } end
local fields = redis.call('HGETALL', KEYS[15])
for i = 1, #fields, 2 do
  local number, message = string.match(fields[i + 1], '^(%d+) (.*)$')
  if fields[i] ~= '.' and number then messages[#messages + 1] = { tonumber(number), message } end
end
table.sort(messages, function(a, b) return a[1] > b[1] end)

local lists = {}
for _, entry in ipairs(messages) do
  local message = entry[2]
  if not left then
    message = string.gsub(message, '^%d+', function(count) return string.format('%.0f', count + 1) end)
  end
  add(lists, priority_of(message), message)
end
push('LPUSH', lists)
redis.call('DEL', KEYS[15], KEYS[16])
if #messages > 0 or left then ring('*') end

if ARGV[2] == '1' then
  redis.call('HDEL', consumers, ARGV[1])
elseif not state or state == '1' then
  redis.call('HSET', consumers, ARGV[1], 'x' .. string.format('%.0f', millis()))
elseif millis() - tonumber(string.sub(state, 2)) > 120000 then
  redis.call('HDEL', consumers, ARGV[1])
end
return #messages
`);

/**
 * Takes up to 1,000 messages that wait or are delayed out of a queue.
 * KEYS: queue. Returns the messages.
 */
export const drain = new Script(`${QUEUE}
local messages = redis.call('ZRANGE', delayed, 0, UNPACK - 1)
if #messages > 0 then redis.call('ZREMRANGEBYRANK', delayed, 0, #messages - 1) else redis.call('HDEL', consumers, '#due') end
for priority = 9, 0, -1 do
  if #messages >= UNPACK then break end
  for _, message in ipairs(redis.call('LPOP', waiting(priority), UNPACK - #messages) or {}) do
    messages[#messages + 1] = message
  end
end
return messages
`);

/**
 * Removes dead letters. KEYS: [1] dead. ARGV: their ids. Returns how many there were.
 */
export const exhume = new Script(`
local PAGE = 1000
local wanted = {}
for _, id in ipairs(ARGV) do wanted[id] = true end
local found = {}
for from = 0, redis.call('LLEN', KEYS[1]) - 1, PAGE do
  for _, letter in ipairs(redis.call('LRANGE', KEYS[1], from, from + PAGE - 1)) do
    local message = string.sub(letter, (string.find(letter, '\\n', 1, true) or 0) + 1)
    if wanted[string.match(message, '^%d+ (%S+)') or ''] then found[#found + 1] = letter end
  end
end
local removed = 0
for _, letter in ipairs(found) do removed = removed + redis.call('LREM', KEYS[1], 1, letter) end
return removed
`);

/** Removes markers of messages, nothing else. KEYS: markers or records. */
export const unmark = new Script(`
for _, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  if value and string.byte(value) == 81 then redis.call('DEL', key) end
end
`);

/**
 * Stores records; the first one of an id stays.
 * KEYS: records. ARGV: for each four: id, record, life in ms, address or nothing.
 * Returns a letter for each: 1 stored, 0 there was another one, S there was the very same one, which is what a repetition
 * finds.
 */
export const put = new Script(`${RECORDS}
local outcomes = {}
for i, key in ipairs(KEYS) do
  local at = 4 * (i - 1)
  local old = redis.call('GET', key)
  if is_record(old) then
    outcomes[i] = old == ARGV[at + 2] and 'S' or '0'
  else
    redis.call('SET', key, ARGV[at + 2], 'PX', ARGV[at + 3])
    tell(ARGV[at + 1], ARGV[at + 2], ARGV[at + 4], old)
    outcomes[i] = '1'
  end
end
send_notices()
return table.concat(outcomes)
`);

/**
 * Looks for records, and where there is none leaves an address that will be told.
 * KEYS: records. ARGV: [1] the address; [2] how long it is remembered where no message of the id is on its way, in ms.
 * Returns for each the record or nil.
 */
export const attend = new Script(`
local found = {}
for i, key in ipairs(KEYS) do
  local old = redis.call('GET', key)
  if old and string.byte(old) == 82 then
    found[i] = old
  else
    found[i] = false
    if not old then
      redis.call('SET', key, 'W|' .. ARGV[1], 'PX', ARGV[2])
    elseif not string.find(old .. '|', '|' .. ARGV[1] .. '|', 1, true) then
      local life = string.byte(old) == 70 and { 'PX', ARGV[2] } or { 'KEEPTTL' }
      redis.call('SET', key, old .. '|' .. ARGV[1], unpack(life))
    end
  end
end
return found
`);

/** Forgets records; markers stay. KEYS: records. */
export const forget = new Script(`
for _, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  if value and string.byte(value) == 82 then redis.call('DEL', key) end
end
`);

/**
 * Appends events of one task, each as `<number> <event>`, and announces them on the channel of the same name; the last ones are kept.
 * No two events are the same text.
 * KEYS: [1] events. ARGV: [1] life in ms; [2] 1 when repeated; [3] how many are kept; [4…] events.
 */
export const append = new Script(`
if ARGV[2] == '1' then
  for _, event in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    if string.sub(event, string.find(event, ' ', 1, true) + 1) == ARGV[#ARGV] then return end
  end
end
local last = redis.call('LINDEX', KEYS[1], -1)
local number = last and tonumber(string.match(last, '^%d+')) or 0
for i = 4, #ARGV do
  number = number + 1
  redis.call('RPUSH', KEYS[1], string.format('%d ', number) .. ARGV[i])
end
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[3]), -1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PUBLISH', KEYS[1], '')
`);

/** Events of one task after a number. KEYS: [1] events. ARGV: [1] the number. Returns them in order. */
export const eventsAfter = new Script(`
local first = redis.call('LINDEX', KEYS[1], 0)
if not first then return {} end
local number = tonumber(string.match(first, '^%d+')) or 1
return redis.call('LRANGE', KEYS[1], math.max(0, ARGV[1] + 1 - number), -1)
`);

/** Publishes. n.b. for a Cluster, where the node that has the key keeps the order of all that is published there. KEYS: [1] channel. */
export const publish = new Script(`return redis.call('PUBLISH', KEYS[1], ARGV[1])`);

/**
 * Adds revocations, and removes some that have ended.
 * KEYS: [1] revoked. ARGV: for each three: id, how long it holds in ms, its force (1 to terminate, 2 for children, 3 both).
 */
export const mark = new Script(`${MILLIS}
-- n.b. exact below 2 ^ 53 alone
local FARTHEST = 2 ^ 51 - 1
local now = millis()

local function force(score) return score % 4 end
local function until_ms(score) return (score - force(score)) / 4 end
local function either(a, b)
  local terminate = (a % 2 == 1 or b % 2 == 1) and 1 or 0
  local children = (a >= 2 or b >= 2) and 2 or 0
  return terminate + children
end

local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now * 4 + 3), 'LIMIT', 0, 1000)
if #ended > 0 then redis.call('ZREM', KEYS[1], unpack(ended)) end
for i = 1, #ARGV, 3 do
  local ends, power = math.min(FARTHEST, now + tonumber(ARGV[i + 1])), tonumber(ARGV[i + 2])
  local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or '')
  if known and until_ms(known) > now then
    ends, power = math.max(ends, until_ms(known)), either(force(known), power)
  end
  redis.call('ZADD', KEYS[1], string.format('%.0f', ends * 4 + power), ARGV[i])
end
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', until_ms(tonumber(last)) + 1))
`);

/**
 * A page of the revocations that are kept. KEYS: [1] revoked. ARGV: [1] the cursor, 0 at first; [2] about how many.
 * Returns { the server's time in ms, as text; the next cursor, 0 at the end; { id, score, … } }.
 */
export const marks = new Script(`${MILLIS}
local page = redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
return { string.format('%.0f', millis()), page[1], page[2] }
`);

/**
 * Compares and sets registers, each in turn. A repetition finds what the first time left, and changes nothing more.
 * KEYS: registers. ARGV: for each three: `=` and the text that it must hold, `-` nothing, `*` whatever it is; `=` and the text
 * that it holds then, `-` nothing; how long, in ms.
 * Returns what each holds after its own.
 */
export const swap = new Script(`
local held = {}
for i, key in ipairs(KEYS) do
  local expected, next_one, life = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  local now = redis.call('GET', key)
  if expected == '*' or expected == (now and '=' .. now or '-') then
    if next_one == '-' then
      if now then redis.call('DEL', key) end
      now = false
    else
      now = string.sub(next_one, 2)
      redis.call('SET', key, now, 'PX', life)
    end
  end
  held[i] = now
end
return held
`);
