"""The filter in the server keeps whatever a recogniser accepts; its Lua patterns are tried in a real server."""

from redis import Redis

from locks.core.lookfor import LOOK_FOR, MOST_BYTES
from locks.core.observed import Observed, Seen
from locks.core.recognise import needs_of, recognise
from tests import started
from tests.locks.core.captures import stages

_FITS = """
for i = 4, #ARGV do
  if #ARGV[i] >= tonumber(ARGV[2]) and #ARGV[i] <= tonumber(ARGV[3]) and string.find(ARGV[i], ARGV[1]) then return 1 end
end
return 0
"""


def kept(one: Observed, client: Redis) -> bool:
    """Filters as `sources` should."""
    wanted = next((each for each in LOOK_FOR if each.type == one.type), None)
    if wanted is None or (one.type == "string" and one.size > MOST_BYTES):
        return False
    key, lower = one.key, one.key.lower()
    if key.startswith(wanted.prefixes) or key.endswith(wanted.suffixes):
        return True
    if any(each in key for each in wanted.infixes) or any(each in lower for each in wanted.words):
        return True
    values = [one.value] if one.type == "string" else [member.name for member in one.members]
    return any(client.eval(_FITS, 0, shape.lua, shape.least, shape.most, *values) for shape in wanted.shapes)


def test_what_is_recognised_would_have_been_kept(shared_valkey: started.Valkey) -> None:
    recognised = 0
    with Redis.from_url(shared_valkey.url) as client:
        for stage in stages():
            every = {one.key: one for one in stage.seen}
            for one in stage.seen:
                needs = needs_of(one)
                world = Seen(stage.captured_ms, {key: every[key] for key in needs.keys if key in every}, {})
                if recognise([one], world):
                    recognised += 1
                    assert kept(one, client), one
    assert recognised > 30


def test_an_ordinary_key_is_dropped(shared_valkey: started.Valkey) -> None:
    with Redis.from_url(shared_valkey.url) as client:
        assert not kept(Observed(b"user:5", "string", None, b'{"name": "Ada"}', (), 15), client)
