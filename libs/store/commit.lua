#!lua name=kepu1
-- The one commit of kepu: checks everything first, then writes, so that no call can fail after the first write.
-- All decisions were made before, in C++; this only compares versions and request keys and stores what it is given.
-- A call into Redis costs some 3 us here, a number made from text or into text up to 1 us: hence few calls, counts as
-- bytes, and whole numbers written by '%d'.
--
-- KEYS[1]  "{service:partition}/head": a hash with id, epoch, layout, seq, chain, week, and read_only when it is set
-- ARGV     epoch, deadline (microseconds), counts of members and groups; for each member: key, fingerprint, receipt ('' is
--          not to be remembered); for each group: counts of aggregates and members, facts; then for each of its
--          aggregates: key, expected version ('' is absent), v ('' is unchanged), due ('' unchanged, '-' none, or
--          milliseconds), counts of absent, put and erased children, and these: fields, field-value pairs, fields.
--          A count is two bytes, the high one first.
-- Reply    time, seq, then for each group: 1 when it was applied, otherwise {{v of each aggregate}, {remembered outcome of
--          each member}} with '' for what is not there
-- Errors   KEPU NO_DATA_SET, KEPU EPOCH, KEPU READ_ONLY, KEPU LATE

local WEEK_SECONDS = 604800
local MEMBER_ARGS = 3
-- Of the Lua library, which is there from the first call on, not while this is loaded.
local call, byte, sub, format

-- Remembered outcomes of all members; false where there is none. Two weeks of them live.
local function look_up(base, args, count, week)
  if count == 0 then return {} end
  local ids = {}
  for m = 1, count do ids[m] = args[4 + (m - 1) * MEMBER_ARGS] end
  local known = call('HMGET', base .. 'req/' .. format('%d', week), unpack(ids))
  local older = call('HMGET', base .. 'req/' .. format('%d', week - 1), unpack(ids))
  for m = 1, count do known[m] = known[m] or older[m] end
  return known
end

-- Looks at the aggregate of the arguments at `at` and adds to the plan where its parts stand: itself, its key, its puts, its
-- erased children, and what follows. Answers what it is now and whether that is not what the decision saw.
local function look_at(base, args, at, plan)
  local a, b, c, d, e, f = byte(args[at + 4], 1, 6)
  local absent, key, expected = a * 256 + b, base .. 'a/' .. args[at], args[at + 1]
  local puts = at + 5 + absent
  local erased = puts + (c * 256 + d) * 2
  local n = #plan
  plan[n + 1], plan[n + 2], plan[n + 3], plan[n + 4], plan[n + 5] = at, key, puts, erased, erased + e * 256 + f
  local current, stale
  if absent > 0 then
    local found = call('HMGET', key, 'v', unpack(args, at + 5, puts - 1))
    current = found[1]
    for i = 2, absent + 1 do stale = stale or found[i] end
  else
    current = call('HGET', key, 'v')
  end
  if expected == '' then
    stale = stale or current
  else
    stale = stale or not current or sub(current, 1, 16) ~= expected
  end
  return current or '', stale
end

-- What a group that does not hold is answered with.
local function standing(current, known, first, last)
  local receipts = {}
  for m = first, last do receipts[#receipts + 1] = known[m] or '' end
  return { current, receipts }
end

-- Of the groups whose guards hold: the plan, the members, the log entry and the versions that it leads to; and each group's
-- result so far.
local function check(base, args, known, groups)
  local at, last = 4 + #known * MEMBER_ARGS, 0
  local plan, members, entry, versions, results = {}, {}, {}, {}, {}
  for g = 1, groups do
    local a, b, c, d = byte(args[at], 1, 4)
    local facts, first, start, stale, current = args[at + 1], last + 1, #plan, false, {}
    last = last + c * 256 + d
    for m = first, last do stale = stale or known[m] end
    at = at + 2
    for i = 1, a * 256 + b do
      local moved
      current[i], moved = look_at(base, args, at, plan)
      stale = stale or moved
      at = plan[#plan]
    end
    if stale then
      for i = #plan, start + 1, -1 do plan[i] = nil end
      results[g] = standing(current, known, first, last)
    else
      for m = first, last do members[#members + 1] = 4 + (m - 1) * MEMBER_ARGS end
      if facts ~= '' then
        entry[#entry + 1] = 'g'
        entry[#entry + 1] = facts
        for i = start + 1, #plan, 5 do
          local v = args[plan[i] + 2]
          if v ~= '' then versions[#versions + 1] = sub(v, 1, 16) end
        end
      end
      results[g] = 1
    end
  end
  return plan, members, entry, versions, results
end

-- The sorted set and the set that are written but not read: of the right type, or nothing was written.
local function check_types(base, args, plan)
  local due, roots = false, false
  for i = 1, #plan, 5 do
    due = due or args[plan[i] + 3] ~= ''
    roots = roots or args[plan[i] + 1] == ''
  end
  if due then call('ZCARD', base .. 'due') end
  if roots then call('SCARD', base .. 'roots') end
end

local function write(base, args, plan)
  for i = 1, #plan, 5 do
    local at, key, puts, erased, past = plan[i], plan[i + 1], plan[i + 2], plan[i + 3], plan[i + 4]
    local name, v, due = args[at], args[at + 2], args[at + 3]
    if v ~= '' then
      call('HSET', key, 'v', v, unpack(args, puts, erased - 1))
      if past > erased then call('HDEL', key, unpack(args, erased, past - 1)) end
      if args[at + 1] == '' then call('SADD', base .. 'roots', name) end
    end
    if due == '-' then
      call('ZREM', base .. 'due', name)
    elseif due ~= '' then
      call('ZADD', base .. 'due', due, name)
    end
  end
end

local function remember(base, args, members, seq, week)
  local remembered, stands = {}, seq .. ' '
  for _, at in ipairs(members) do
    if args[at + 2] ~= '' then
      remembered[#remembered + 1] = args[at]
      remembered[#remembered + 1] = args[at + 1] .. stands .. args[at + 2]
    end
  end
  if #remembered > 0 then call('HSET', base .. 'req/' .. format('%d', week), unpack(remembered)) end
end

local function commit(keys, args)
  if not call then call, byte, sub, format = redis.call, string.byte, string.sub, string.format end
  local base = sub(keys[1], 1, -5)
  local head = call('HMGET', keys[1], 'epoch', 'seq', 'chain', 'week', 'read_only')
  if not head[1] then return redis.error_reply('KEPU NO_DATA_SET') end
  if head[1] ~= args[1] then return redis.error_reply('KEPU EPOCH') end
  if head[5] then return redis.error_reply('KEPU READ_ONLY') end
  local time = call('TIME')
  local seconds = tonumber(time[1])
  local now = seconds * 1000000 + tonumber(time[2])
  if now > tonumber(args[2]) then return redis.error_reply('KEPU LATE') end

  local last_week = tonumber(head[4])
  local week = math.max(last_week, math.floor(seconds / WEEK_SECONDS))
  local a, b, c, d = byte(args[3], 1, 4)
  local known = look_up(base, args, a * 256 + b, week)
  local plan, members, entry, versions, results = check(base, args, known, c * 256 + d)

  local seq, chain = head[2], head[3]
  check_types(base, args, plan)
  if #entry > 0 then
    seq = format('%d', tonumber(seq) + 1)
    call('XADD', base .. 'log', seq .. '-0', unpack(entry))
    chain = sub(redis.sha1hex(chain .. table.concat(versions)), 1, 16)
  end
  write(base, args, plan)
  remember(base, args, members, seq, week)
  if chain ~= head[3] or week ~= last_week then
    call('HSET', keys[1], 'seq', seq, 'chain', chain, 'week', format('%d', week))
    for old = last_week - 1, math.min(last_week, week - 2) do
      call('UNLINK', base .. 'req/' .. format('%d', old))
    end
  end
  return { now, tonumber(seq), unpack(results) }
end

redis.register_function('kepu1_commit', commit)
