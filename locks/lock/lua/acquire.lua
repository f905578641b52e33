-- Takes the lock, or a place in line, or says why not.
-- KEYS: see queue.lua.
-- ARGV: holder_id, ttl_ms (0: it never ends), floor of the fencing token (-1: no token), fair (1 or 0),
--       the waiter's lease in ms (0: do not wait).
-- Returns {1, what is left in ms (-1: it never ends), fencing token (0: none), ''} to the holder, and to everybody else
--         {0, when to look again in ms (-1: unknown), waiters ahead, holder_id of the present holder or ''}.
local me, ttl, floor, fair, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])

local function next_token()
  if floor < 0 then return 0 end
  local token = redis.call('INCR', fencing_key)
  if token <= floor then
    token = floor + 1
    redis.call('SET', fencing_key, string.format('%.0f', token))
  end
  return token
end

local holder = redis.call('GET', held_key)
if holder == me then -- The reply to an earlier request was lost: the same acquisition, so the same fencing token.
  local left = redis.call('PTTL', held_key)
  if left >= 0 and left < ttl then
    redis.call('PEXPIRE', held_key, ttl)
    left = ttl
  end
  local token = floor >= 0 and tonumber(redis.call('GET', fencing_key) or next_token()) or 0
  return {1, left, token, ''}
end

local now, first
if redis.call('EXISTS', queue_key) == 1 then
  now = now_ms()
  first = first_in_line(now)
end

if not holder and (not first or first == me or not fair) then
  local token = next_token()
  if ttl > 0 then redis.call('SET', held_key, me, 'NX', 'PX', ttl) else redis.call('SET', held_key, me, 'NX') end
  if first then leave(me) end
  return {1, ttl > 0 and ttl or -1, token, ''}
end

if lease == 0 then
  return {0, holder and redis.call('PTTL', held_key) or -1, redis.call('ZCARD', queue_key), holder or ''}
end

now = now or now_ms()
if not redis.call('ZSCORE', queue_key, me) then
  local last = redis.call('ZREVRANGE', queue_key, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', queue_key, math.max(now, (tonumber(last) or 0) + 1), me)
end
redis.call('ZADD', leases_key, now + lease, me)
redis.call('PEXPIRE', queue_key, 2 * lease)
redis.call('PEXPIRE', leases_key, 2 * lease)

-- The first looks again when the holder's time is up, the others when the lease of the one before them is.
local rank, again = redis.call('ZRANK', queue_key, me), -1
if rank == 0 then
  again = redis.call('PTTL', held_key)
else
  local before = redis.call('ZRANGE', queue_key, rank - 1, rank - 1)[1]
  again = math.max(0, (tonumber(redis.call('ZSCORE', leases_key, before)) or now) - now)
end
return {0, again < 0 and -1 or again + 1, rank, holder or ''}
