#!lua name=kepu1
-- The one commit of kepu: checks everything first, then writes, so that no call can fail after the first write.
-- All decisions were made before, in C++; this only compares versions and request keys and stores what it is given.
--
-- KEYS[1]  "{service:partition}/head": a hash with id, epoch, layout, seq, chain, week, and read_only when it is set
-- ARGV     epoch, deadline (microseconds), members, then for each member: key, fingerprint, receipt, remember ('1' or '0');
--          groups, then for each group: aggregates, members, facts, then for each aggregate: key, expected version ('' is
--          absent), v ('' is unchanged), due ('' unchanged, '-' none, or milliseconds), counts of absent, put and erased
--          children, then these: fields, field-value pairs, fields
-- Reply    time, seq, then for each group: 1 when it was applied, otherwise {{v of each aggregate}, {remembered outcome of
--          each member}} with '' for what is not there
-- Errors   KEPU NO_DATA_SET, KEPU EPOCH, KEPU READ_ONLY, KEPU LATE

local WEEK_SECONDS = 604800
local MEMBER_ARGS = 4
local AGGREGATE_ARGS = 7

-- Remembered outcomes of all members; false where there is none. Two weeks of them live.
local function look_up(base, args, count, week)
  if count == 0 then return {} end
  local ids = {}
  for m = 1, count do ids[m] = args[4 + (m - 1) * MEMBER_ARGS] end
  local known = redis.call('HMGET', base .. 'req/' .. week, unpack(ids))
  local older = redis.call('HMGET', base .. 'req/' .. (week - 1), unpack(ids))
  for m = 1, count do known[m] = known[m] or older[m] end
  return known
end

-- Whether the aggregate at `at` stands as the decision saw it, its v, and what follows it in the arguments.
local function look_at(base, args, at)
  local key, expected = base .. 'a/' .. args[at], args[at + 1]
  local absent, puts, erased = tonumber(args[at + 4]), tonumber(args[at + 5]), tonumber(args[at + 6])
  local children = at + AGGREGATE_ARGS
  local holds, v = true, nil
  if absent > 0 then
    local found = redis.call('HMGET', key, 'v', unpack(args, children, children + absent - 1))
    v = found[1]
    for i = 2, absent + 1 do holds = holds and not found[i] end
  else
    v = redis.call('HGET', key, 'v')
  end
  if expected == '' then
    holds = holds and not v
  else
    holds = holds and v and string.sub(v, 1, 16) == expected
  end
  return holds, v or '', children + absent + puts * 2 + erased
end

local function write_aggregate(base, args, at)
  local name, v, due = args[at], args[at + 2], args[at + 3]
  local key = base .. 'a/' .. name
  local puts, erased = tonumber(args[at + 5]) * 2, tonumber(args[at + 6])
  local children = at + AGGREGATE_ARGS + tonumber(args[at + 4])
  if v ~= '' then
    redis.call('HSET', key, 'v', v, unpack(args, children, children + puts - 1))
    if erased > 0 then redis.call('HDEL', key, unpack(args, children + puts, children + puts + erased - 1)) end
    if args[at + 1] == '' then redis.call('SADD', base .. 'roots', name) end
  end
  if due == '-' then
    redis.call('ZREM', base .. 'due', name)
  elseif due ~= '' then
    redis.call('ZADD', base .. 'due', due, name)
  end
  return children + puts + erased
end

local function check(base, args, known)
  local at = 4 + tonumber(args[3]) * MEMBER_ARGS
  local groups = tonumber(args[at])
  local applied, results, member = {}, {}, 0
  at = at + 1
  for g = 1, groups do
    local start, aggregates, members = at, tonumber(args[at]), tonumber(args[at + 1])
    local holds, current = true, {}
    for m = member + 1, member + members do holds = holds and not known[m] end
    at = at + 3
    for a = 1, aggregates do
      local stands
      stands, current[a], at = look_at(base, args, at)
      holds = holds and stands
    end
    if holds then
      applied[#applied + 1] = { start, member }
      results[g] = 1
    else
      local receipts = {}
      for m = 1, members do receipts[m] = known[member + m] or '' end
      results[g] = { current, receipts }
    end
    member = member + members
  end
  return applied, results
end

-- The sorted set and the set that are written below but not read above: of the right type, or nothing was written.
local function check_types(base)
  redis.call('ZCARD', base .. 'due')
  redis.call('SCARD', base .. 'roots')
end

local function append_log(base, head, args, applied)
  local entry, versions = {}, {}
  for _, group in ipairs(applied) do
    local at = group[1]
    if args[at + 2] ~= '' then
      entry[#entry + 1] = 'g'
      entry[#entry + 1] = args[at + 2]
      local aggregates = tonumber(args[at])
      at = at + 3
      for _ = 1, aggregates do
        if args[at + 2] ~= '' then versions[#versions + 1] = string.sub(args[at + 2], 1, 16) end
        at = at + AGGREGATE_ARGS + tonumber(args[at + 4]) + tonumber(args[at + 5]) * 2 + tonumber(args[at + 6])
      end
    end
  end
  local seq, chain = tonumber(head[2]), head[3]
  if #entry > 0 then
    check_types(base)
    seq = seq + 1
    redis.call('XADD', base .. 'log', string.format('%.0f-0', seq), unpack(entry))
    chain = string.sub(redis.sha1hex(chain .. table.concat(versions)), 1, 16)
  end
  return seq, chain
end

local function write(base, args, applied, seq, week)
  local remembered = {}
  for _, group in ipairs(applied) do
    local at, first = group[1], group[2]
    local aggregates, members = tonumber(args[at]), tonumber(args[at + 1])
    at = at + 3
    for _ = 1, aggregates do at = write_aggregate(base, args, at) end
    for m = first, first + members - 1 do
      local member = 4 + m * MEMBER_ARGS
      if args[member + 3] == '1' then
        remembered[#remembered + 1] = args[member]
        remembered[#remembered + 1] = args[member + 1] .. string.format('%.0f', seq) .. ' ' .. args[member + 2]
      end
    end
  end
  if #remembered > 0 then redis.call('HSET', base .. 'req/' .. week, unpack(remembered)) end
end

local function commit(keys, args)
  local base = string.sub(keys[1], 1, -5)
  local head = redis.call('HMGET', keys[1], 'epoch', 'seq', 'chain', 'week', 'read_only')
  if not head[1] then return redis.error_reply('KEPU NO_DATA_SET') end
  if head[1] ~= args[1] then return redis.error_reply('KEPU EPOCH') end
  if head[5] then return redis.error_reply('KEPU READ_ONLY') end
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  if now > tonumber(args[2]) then return redis.error_reply('KEPU LATE') end

  local last_week = tonumber(head[4])
  local week = math.max(last_week, math.floor(tonumber(time[1]) / WEEK_SECONDS))
  local known = look_up(base, args, tonumber(args[3]), week)
  local applied, results = check(base, args, known)

  local seq, chain = append_log(base, head, args, applied)
  write(base, args, applied, seq, week)
  if chain ~= head[3] or week ~= last_week then
    redis.call('HSET', keys[1], 'seq', string.format('%.0f', seq), 'chain', chain, 'week', week)
    for old = last_week - 1, math.min(last_week, week - 2) do redis.call('UNLINK', base .. 'req/' .. old) end
  end
  return { now, seq, unpack(results) }
end

redis.register_function('kepu1_commit', commit)
