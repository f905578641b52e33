"""A lease: a lock in Redis or Valkey with a time to live, so that a holder who dies gives it back.

The article's lock is a SET that overwrites whoever holds it, and a DEL by anybody: two hold it at once as soon as one
is late. Here a lock is taken only where there is none (SET NX PX), renewed and released only by the holder, who proves
to be that by a random holder_id, each in one script: between a GET and a DEL the lease may run out and be another's.

Even so a holder may be paused and not notice that its time ran out. Therefore each acquisition has a fencing token,
higher than all before: a resource that remembers the highest refuses whoever comes late with a lower one.
Source: M. Kleppmann, "How to do distributed locking" (2016).
"""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import dataclass
from typing import Any

from redis import Redis, RedisError
from redis.commands.core import Script

_LONGEST_LOOK_S = 0.25

# KEYS: lease, fencing tokens. ARGV: holder_id, ttl_ms, floor. The fencing token, or nothing when somebody holds it.
_ACQUIRE = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local token = redis.call('INCR', KEYS[2])
if token <= tonumber(ARGV[3]) then
  token = tonumber(ARGV[3]) + 1
  redis.call('SET', KEYS[2], token)
end
return token
"""
# KEYS: lease. ARGV: holder_id, ttl_ms.
_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class LeaseServerGone(Exception):
    """The server does not answer: nobody knows who holds the lease."""


class Lease:
    """The lease `name`, for `ttl_ms` milliseconds at a time. `client` needs deadlines of its own.

    Raises ValueError for a time to live below 1 ms.
    """

    def __init__(self, client: Redis, name: str, ttl_ms: int) -> None:
        if ttl_ms < 1:
            raise ValueError(f"a lease of {ttl_ms} ms is none")
        self.name = name
        self.ttl_ms = ttl_ms
        self._client = client
        # The braces put both keys into one slot of a cluster.
        self.keys = (f"ringviz:lease:{{{name}}}", f"ringviz:lease:{{{name}}}:fencing")
        self._acquire = client.register_script(_ACQUIRE)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)

    def acquire(self, floor: int = 0) -> Held | None:
        """Tries once. The fencing token is above every one of this server, and above `floor`, which whoever remembers
        the highest gives, for a server that lost its memory. Raises LeaseServerGone.
        """
        holder_id = secrets.token_hex(16)
        asked_at = time.monotonic()
        token = self._run(self._acquire, self.keys, [holder_id, self.ttl_ms, floor])
        return None if token is None else Held(self, holder_id, int(token), asked_at)

    def wait(self, timeout_s: float, floor: int = 0) -> Held | None:
        """Tries until it is ours or `timeout_s` has passed. Raises LeaseServerGone.

        It looks again when the present lease would run out, and four times a second for an early release; a little
        apart from others who wait, since all who look at once but one have looked in vain.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            held = self.acquire(floor)
            left_s = deadline - time.monotonic()
            if held is not None or left_s <= 0:
                return held
            try:
                ttl_s = max(1, int(self._client.pttl(self.keys[0]))) / 1000
            except (RedisError, OSError) as error:
                raise LeaseServerGone(str(error)) from error
            pause_s = min(ttl_s, _LONGEST_LOOK_S) * random.uniform(0.8, 1.2)  # noqa: S311  no secret
            time.sleep(min(pause_s, left_s))

    def _run(self, script: Script, keys: tuple[str, ...], values: list[str | int]) -> Any:
        try:
            return script(keys=list(keys), args=values)
        except (RedisError, OSError) as error:
            raise LeaseServerGone(str(error)) from error


@dataclass(eq=False)
class Held:
    """A lease that was acquired. It may have run out since: `renew` tells, a fenced resource tells for certain.

    `good_from`, of time.monotonic(): when it was last asked for with success; it is good for `ttl_ms` from then.
    """

    lease: Lease
    holder_id: str
    fencing_token: int
    good_from: float

    def renew(self) -> bool:
        """Another `ttl_ms` from now on; False when it is not ours any more. Raises LeaseServerGone."""
        lease, asked_at = self.lease, time.monotonic()
        renewed = bool(lease._run(lease._renew, lease.keys[:1], [self.holder_id, lease.ttl_ms]))
        if renewed:
            self.good_from = asked_at
        return renewed

    def release(self) -> bool:
        """Gives it back; False when it was not ours any more, and is left as it is. Raises LeaseServerGone."""
        return bool(self.lease._run(self.lease._release, self.lease.keys[:1], [self.holder_id]))
