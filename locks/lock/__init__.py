"""Our lock, as a library that needs only redis-py.

    from locks.lock import Lock, NotAcquired, client_of, this_process

    client = client_of("redis://localhost:6379")        # has deadlines, does not retry silently
    lock = Lock(client, "invoice:42", ttl_ms=10_000, holder=this_process())
    try:
        with lock.hold(timeout_s=5) as held, held.renewing():     # waits in line, renews, releases
            while work_is_left() and held.valid_for_s() > 1:
                store(result, held.fencing_token)                   # the store refuses tokens below its highest
    except NotAcquired:
        ...                                                         # somebody else has it

A lock is not a proof: a process may be paused at any line, for longer than its lock lasts. `valid_for_s` tells the time
left at this moment, and only the fencing token stops a write that comes too late.
Sources: M. Kleppmann, "How to do distributed locking" (2016); redis.io, "Distributed Locks with Redis".
"""

from locks.core.own import BadLockName
from locks.lock.aio import AsyncHeld, AsyncLock
from locks.lock.aio_redlock import AsyncRedlock, AsyncRedlockHeld
from locks.lock.breaking import Broken, break_lock
from locks.lock.clients import async_client_of, client_of
from locks.lock.errors import BadLock, LockError, LockLost, LockServerError, NotAcquired
from locks.lock.lock import Held, Lock
from locks.lock.quorum import NoFencingToken
from locks.lock.redlock import Redlock, RedlockHeld
from locks.lock.terms import this_process

__all__ = [
    "AsyncHeld",
    "AsyncLock",
    "AsyncRedlock",
    "AsyncRedlockHeld",
    "BadLock",
    "BadLockName",
    "Broken",
    "Held",
    "Lock",
    "LockError",
    "LockLost",
    "LockServerError",
    "NoFencingToken",
    "NotAcquired",
    "Redlock",
    "RedlockHeld",
    "async_client_of",
    "break_lock",
    "client_of",
    "this_process",
]
