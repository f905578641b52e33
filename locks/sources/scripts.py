"""The scripts that read a watched server, in Lua: none writes, none loads anything, each is one EVAL_RO.

Keys are passed as arguments, never as KEYS, and the scripts have no shebang, so a Cluster's primary can read all of its
slots in one call. The result is one string of records, because a Python client takes longer to parse an array than the
server takes to fill it (`locks.sources.records` parses it).
"""

from __future__ import annotations

from typing import NamedTuple

from locks.core.observed import MOST_MEMBERS, MOST_PROVEN_BYTES, MOST_VALUE_BYTES
from locks.sources.sieve import Sieve

MOST_NAME_BYTES = 4_096
"""A key with a longer name is not a lock and is not read."""
MOST_FIELDS = 2_000
"""A hash with more fields is not read, unless it is known which ones matter; `Observed.size` has their number."""
MOST_SIFTED = 8
"""This many members are enough to see whether a key has a shape: no client mixes them with others."""
_FIELDS_A_STEP, _STEPS = 1_000, 20


class Can(NamedTuple):
    """What a server and its user allow; `CAN` finds out."""

    field_ttls: bool = False
    encodings: bool = True


CAN = """
local function can(...)
  local reply = redis.pcall(...)
  return (type(reply) == 'table' and reply.err) and 0 or 1
end
return {can('HPTTL', 'ringviz:none', 'FIELDS', 1, 'f'), can('OBJECT', 'ENCODING', 'ringviz:none')}
"""

_FACTS = """
local call, pack, sub, find, unpack = redis.call, struct.pack, string.sub, string.find, unpack
local out, n = {}, 0
local function member(name, value, ttl)
  local size = #value
  if size > @VALUE@ then value = sub(value, 1, @VALUE@) end
  if #name > @VALUE@ then name = sub(name, 1, @VALUE@) end
  n = n + 1
  out[n] = pack('<I4I4i8', #name, #value, ttl) .. name .. value
end
local function head(code, ttl, size, count, key, value)
  n = n + 1
  out[n] = pack('<Bi8I4I2I4I4', code, ttl, size, count, #key, #value) .. key .. value
end
local function flat(code, key, ttl, size, list, step)
  local count = math.min(math.floor(#list / step), @MEMBERS@)
  head(code, ttl, size, count, key, '')
  for i = 1, count * step, step do member(list[i], step == 2 and list[i + 1] or '', -1) end
end
local function small(key)
  @SMALL@
end
local function fields(key, ttl, size, names, values)
  local ttls = {}
  @TTLS@
  head(2, ttl, size, #names, key, '')
  for i = 1, #names do
    local value = values and values[i]
    if not value then value = call('HSTRLEN', key, names[i]) <= @VALUE@ and call('HGET', key, names[i]) or '' end
    member(names[i], value, ttls[i] or -1)
  end
end
local function matching(key, pattern)
  local names, values, seen, cursor = {}, {}, {}, '0'
  for _ = 1, @STEPS@ do
    local found = call('HSCAN', key, cursor, 'MATCH', pattern, 'COUNT', @STEP@)
    local flat = found[2]
    for i = 1, #flat, 2 do
      if #names < @MEMBERS@ and not seen[flat[i]] then
        seen[flat[i]] = true
        names[#names + 1], values[#values + 1] = flat[i], flat[i + 1]
      end
    end
    cursor = found[1]
    if cursor == '0' then break end
  end
  return names, values
end
local function hash(key, ttl)
  local size = call('HLEN', key)
  for i = 1, #only do
    if sub(key, 1, #only[i][1]) == only[i][1] then return fields(key, ttl, size, matching(key, only[i][2])) end
  end
  if size <= @MEMBERS@ and small(key) then return flat(2, key, ttl, size, call('HGETALL', key), 2) end
  if size > @FIELDS@ then return head(2, ttl, size, 0, key, '') end
  local names = call('HKEYS', key)
  for i = #names, @MEMBERS@ + 1, -1 do names[i] = nil end
  return fields(key, ttl, size, names)
end
local function facts(key, kind)
  local ttl = call('PTTL', key)
  if ttl == -2 then return end
  if kind == 'string' then
    local value = call('GETRANGE', key, 0, @VALUE@ - 1)
    local size = #value
    if size == @VALUE@ then
      size = call('STRLEN', key)
      if size > @VALUE@ and size <= @PROVEN@ then value = value .. redis.sha1hex(call('GETRANGE', key, 0, -1)) end
    end
    return head(1, ttl, size, 0, key, value)
  elseif kind == 'hash' then return hash(key, ttl)
  elseif kind == 'zset' then
    return flat(3, key, ttl, call('ZCARD', key), call('ZRANGE', key, 0, @MEMBERS@ - 1, 'WITHSCORES'), 2)
  elseif kind == 'list' then
    return flat(4, key, ttl, call('LLEN', key), call('LRANGE', key, 0, @MEMBERS@ - 1), 1)
  elseif kind == 'set' then
    local size = call('SCARD', key)
    return flat(5, key, ttl, size, size <= @MEMBERS@ and call('SMEMBERS', key) or {}, 1)
  elseif kind == 'stream' then return head(6, ttl, call('XLEN', key), 0, key, '')
  end
  return head(7, ttl, 0, 0, key, '')
end
"""
# If every value is short, HGETALL is safe and no field has a time to live.
_SMALL = """local encoding = call('OBJECT', 'ENCODING', key)
  return encoding == 'listpack' or encoding == 'ziplist'"""
_FIELD_TTLS = "if #names > 0 then ttls = call('HPTTL', key, 'FIELDS', #names, unpack(names)) end"

# ARGV: keys.
_READ = """
for i = 1, #ARGV do
  local key = ARGV[i]
  local kind = call('TYPE', key).ok
  if kind ~= 'none' then facts(key, kind) end
end
return table.concat(out)
"""
# ARGV: keys. Like _READ, but only for keys that may be locks.
_SIFT = """
local by_kind = {}
for i = 1, #ARGV do
  local kind = call('TYPE', ARGV[i]).ok
  if sieves[kind] then
    local some = by_kind[kind] or {}
    by_kind[kind] = some
    some[#some + 1] = ARGV[i]
  end
end
for kind, keys in pairs(by_kind) do kept(kind, keys) end
return table.concat(out)
"""
# ARGV: type, cursor, COUNT, repeated. Each type has its own cursor: the server then compares types itself, which costs
# a tenth of asking for each. Returns the records, then for each type its next cursor and how many keys of it there
# were.
_SCAN = """
local answer = {''}
for i = 1, #ARGV, 3 do
  local kind = ARGV[i]
  local found = call('SCAN', ARGV[i + 1], 'COUNT', ARGV[i + 2], 'TYPE', kind)
  here(kind, found[2])
  answer[#answer + 1] = found[1]
  answer[#answer + 1] = #found[2]
end
answer[1] = table.concat(out)
return answer
"""
# `kept` writes the facts of keys that may be locks. Rare parts of names and values are searched in all of them at once;
# only the shapes that fit the value's length are tried.
_KEPT = """
local byte, lower = string.byte, string.lower
local function among(list, text)
  for i = 1, #list do if sub(text, 1, #list[i]) == list[i] then return true end end
end
local function ending(list, text)
  for i = 1, #list do if sub(text, -#list[i]) == list[i] then return true end end
end
local function inside(list, text)
  for i = 1, #list do if find(text, list[i], 1, true) then return true end end
end
local function heard(list, text)
  local some = {}
  for i = 1, #list do if find(text, list[i], 1, true) then some[#some + 1] = list[i] end end
  return #some > 0 and some
end
local function shapes_of(sieve, size, heard)
  local some = {}
  for i = 1, #sieve.shapes do
    local shape = sieve.shapes[i]
    if size >= shape[1] and size <= shape[2] and (heard or not shape[5]) then some[#some + 1] = shape end
  end
  sieve[heard and 'all' or 'plain'][size] = some
  return some
end
local function fits(shapes, text)
  for i = 1, #shapes do
    local shape = shapes[i]
    if (not shape[4] or find(text, shape[4], 1, true)) and find(text, shape[3]) then return true end
  end
end
local function members_fit(sieve, kind, key)
  local members
  if kind == 'hash' then
    if call('HLEN', key) > @MEMBERS@ then return end
    members = call('HKEYS', key)
  elseif kind == 'zset' then members = call('ZRANGE', key, 0, @SIFTED@ - 1)
  else return end
  for i = 1, math.min(#members, @SIFTED@) do
    local size = #members[i]
    if fits(sieve.all[size] or shapes_of(sieve, size, true), members[i]) then return true end
  end
end
local function strings_that_fit(sieve, keys, keep)
  local values, short, most, up_to = {}, {}, sieve.most, sieve.heard_up_to
  for i = 1, #keys do
    local value = keep[i] and '' or call('GETRANGE', keys[i], 0, most)
    values[i] = value
    if #value <= up_to then short[#short + 1] = value end
  end
  local all = heard(sieve.heard, lower(table.concat(short, '\\n')))
  local by_size = all and sieve.all or sieve.plain
  for i = 1, #keys do
    local value = values[i]
    keep[i] = keep[i] or fits(by_size[#value] or shapes_of(sieve, #value, all), value)
  end
end
local function kept(kind, keys)
  if #keys == 0 then return end
  local sieve = sieves[kind]
  local prefixes, suffixes = sieve.prefixes, sieve.suffixes
  local all = table.concat(keys, '\\n')
  local infixes, words = heard(sieve.infixes, all), heard(sieve.words, lower(all))
  local keep, strings = {}, kind == 'string' and sieve.shaped
  for i = 1, #keys do
    local key = keys[i]
    local starts, ends = prefixes[byte(key)], suffixes[byte(key, -1)]
    keep[i] = starts and among(starts, key) or ends and ending(ends, key) or infixes and inside(infixes, key)
      or words and inside(words, lower(key)) or not strings and sieve.shaped and members_fit(sieve, kind, key)
  end
  if strings then strings_that_fit(sieve, keys, keep) end
  for i = 1, #keys do if keep[i] and #keys[i] <= @NAME@ then facts(keys[i], kind) end end
end
"""
# A Cluster's node also scans keys of slots that it is importing and cannot read yet: they are skipped, because the node
# that migrates them still has them.
_HERE = """
local function here(kind, keys)
  local before = n
  local good, why = pcall(kept, kind, keys)
  if good then return end
  if not find(type(why) == 'table' and why.err or tostring(why), 'non local key', 1, true) then error(why, 0) end
  for i = n, before + 1, -1 do out[i] = nil end
  n = before
  if #keys > 1 then for i = 1, #keys do here(kind, {keys[i]}) end end
end
"""
# ARGV: keys. The PTTL of each: -2 if it is gone, -1 if it has no time to live.
PTTL = """
local out, call = {}, redis.call
for i = 1, #ARGV do out[i] = struct.pack('<i8', call('PTTL', ARGV[i])) end
return table.concat(out)
"""


class Scripts(NamedTuple):
    """What is sent to one server. `types` are the types that the search must visit."""

    read: str
    sift: str
    scan: str
    types: tuple[str, ...]


def scripts(can: Can, sieve: Sieve) -> Scripts:
    """The scripts for a server with the abilities `can`."""
    facts = sieve.only + _filled(
        _FACTS,
        SMALL=_SMALL if can.encodings else "return false",
        TTLS=_FIELD_TTLS if can.field_ttls else "",
    )
    sifting = facts + sieve.sieves + _filled(_KEPT)
    return Scripts(facts + _READ, sifting + _SIFT, sifting + _HERE + _SCAN, sieve.types)


def _filled(text: str, **parts: str) -> str:
    numbers = {
        "VALUE": MOST_VALUE_BYTES,
        "PROVEN": MOST_PROVEN_BYTES,
        "MEMBERS": MOST_MEMBERS,
        "FIELDS": MOST_FIELDS,
        "NAME": MOST_NAME_BYTES,
        "SIFTED": MOST_SIFTED,
        "STEPS": _STEPS,
        "STEP": _FIELDS_A_STEP,
    }
    for name, value in {**parts, **numbers}.items():
        text = text.replace(f"@{name}@", str(value))
    return text
