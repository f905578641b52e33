-- Gives up whatever a holder_id has, the lock or its place in line, and wakes the first in line if the lock is free.
-- KEYS: see queue.lua. ARGV: holder_id, how long a wake list lives in ms.
-- Returns {1 if the lock was its own and is free now, else 0; 1 if a waiter was woken, else 0}.
local me, wake_ms = ARGV[1], tonumber(ARGV[2])
local freed, woken = 0, 0

local holder = redis.call('GET', held_key)
if holder == me then
  redis.call('DEL', held_key)
  holder, freed = false, 1
end
if redis.call('EXISTS', queue_key) == 1 then
  leave(me)
  local first = not holder and first_in_line(now_ms())
  if first then
    -- The lock is free already: a server that takes no list (out of memory) must not make an error of that. The first
    -- in line looks again by itself.
    local pushed = redis.pcall('RPUSH', wake_prefix .. first, '1')
    if type(pushed) == 'number' then
      redis.call('PEXPIRE', wake_prefix .. first, wake_ms)
      woken = 1
    end
  end
end
return {freed, woken}
