-- Extends a lock, never shortens it, never brings it back.
-- KEYS: held. ARGV: holder_id, ttl_ms.
-- Returns what is left in ms, -1 if it never ends, -2 if somebody else holds it or nobody.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -2 end
local left, ttl = redis.call('PTTL', KEYS[1]), tonumber(ARGV[2])
if left >= 0 and left < ttl then
  redis.call('PEXPIRE', KEYS[1], ttl)
  left = ttl
end
return left
