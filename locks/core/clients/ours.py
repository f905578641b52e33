"""Our own lock (`locks.lock`): a string with the holder_id, a counter of fencing tokens, and a fair queue."""

from __future__ import annotations

from collections.abc import Sequence

from locks.core import own
from locks.core.clients.declared import NO_NEEDS, NONE, Client, Rule, beyond
from locks.core.observed import Needs, Observed, World
from locks.core.reading import Proof, Reading, Wake

_FENCING, _QUEUE, _LEASES, _WAKE = b"}:fencing", b"}:queue", b"}:leases", b"}:wake:"


def _needs(seen: Observed) -> Needs:
    name = _name_of(seen.key)
    if name is None:
        return NO_NEEDS
    keys = own.keys_of(name)
    return Needs(keys=(keys.fencing, keys.queue, keys.leases))


def _name_of(key: bytes) -> bytes | None:
    name = key[len(own.PREFIX) : -1]
    return name if key.endswith(b"}") and 0 < len(name) <= own.MOST_NAME_BYTES and not name.startswith(b"}") else None


def _read(seen: Observed, world: World) -> Sequence[Reading]:
    name = _name_of(seen.key)
    if name is None or not seen.value or seen.size > len(seen.value):
        return NONE
    keys = own.keys_of(name)
    counter, queue, leases = (world.key(each) for each in (keys.fencing, keys.queue, keys.leases))
    fencing = int(counter.value) if counter and counter.value.isdigit() and len(counter.value) < 20 else None
    waiters = _waiting(queue, leases, world.now_ms)
    label = own.label_of(seen.value.decode("utf-8", "replace"))
    return (
        Reading(
            key=seen.key,
            name=name,
            client=own.CLIENT,
            confidence="certain",
            proof=Proof.of(seen),
            holder_id=seen.value,
            ttl_ms=seen.ttl_ms,
            waiters=len(waiters) + beyond(queue),
            waiter_ids=waiters,
            fencing_token=fencing,
            evidence=("name:client", "companion:counter") if counter else ("name:client",),
            about={"label": label} if label else {},
            wake=Wake("queue", keys.queue),
        ),
    )


def _waiting(queue: Observed | None, leases: Observed | None, now_ms: int) -> tuple[bytes, ...]:
    """The waiters in the queue, first come first, without those whose own lease has expired."""
    if queue is None or queue.type != "zset":
        return ()
    over = {each.name for each in leases.members if _number(each.value) <= now_ms} if leases else set()
    return tuple(each.name for each in queue.members if each.name not in over)


def _number(score: bytes) -> float:
    try:
        return float(score)
    except ValueError:
        return float("inf")


def _base(key: bytes) -> bytes | None:
    if not key.startswith(own.PREFIX):
        return None
    for end in (_FENCING, _QUEUE, _LEASES):
        if key.endswith(end):
            return key[: len(key) - len(end) + 1]
    held, found, _ = key.rpartition(_WAKE)
    return held + b"}" if found else None


OURS = Client(
    names=(own.CLIENT,),
    rules=(Rule("string", _read, prefixes=(own.PREFIX,), needs=_needs),),
    base=_base,
    companion_prefixes=(own.PREFIX,),
    companion_infixes=(own.KEPT,),
)
