#!lua name=bench
-- The least that a booking can be: one call, with the check of the id and of the places, a record of about 300 bytes, an
-- index entry and a log entry. What the engine is measured against; used by the benchmark only.
redis.register_function('bare_booking', function(keys, args)
  if redis.call('HEXISTS', keys[2], args[1]) == 1 then return 0 end
  local left = tonumber(redis.call('GET', keys[1]))
  if left < 1 then return -1 end
  redis.call('DECRBY', keys[1], 1)
  redis.call('HSET', keys[2], args[1], args[2])
  redis.call('ZADD', keys[3], args[3], args[1])
  redis.call('XADD', keys[4], '*', 'f', args[4])
  return 1
end)
