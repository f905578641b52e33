-- Stands before acquire.lua and release.lua: the waiters of a lock.
-- KEYS: held, fencing, queue, leases, and the beginning of the names of the wake lists.
local held_key, fencing_key, queue_key, leases_key, wake_prefix = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function leave(id)
  redis.call('ZREM', queue_key, id)
  redis.call('ZREM', leases_key, id)
  redis.call('DEL', wake_prefix .. id)
end

-- A lease that ends in more than a minute is from before the server's clock was set back.
local function lives(id, now)
  local ends = tonumber(redis.call('ZSCORE', leases_key, id) or 0)
  return now < ends and ends <= now + 60000
end

-- The first in line who still lives, or nothing. Whoever let his lease run out loses his place.
local function first_in_line(now)
  for _, dead in ipairs(redis.call('ZRANGEBYSCORE', leases_key, '-inf', now, 'LIMIT', 0, 1000)) do leave(dead) end
  local first = redis.call('ZRANGE', queue_key, 0, 0)[1]
  while first and not lives(first, now) do
    leave(first)
    first = redis.call('ZRANGE', queue_key, 0, 0)[1]
  end
  return first
end
