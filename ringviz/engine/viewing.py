"""What servers say about their cluster, and whether they say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ringviz.core.topology import Address, Member, SlotRange, by_id, parse_members
from ringviz.engine.calls import Calls, wait_for
from ringviz.engine.errors import EngineError, NotAgreed, Unreachable

# Who answers so much later than half of the others is passed over where one must not keep the others waiting.
PATIENCE_S = 0.15


def members(calls: Calls, address: Address, timeout_s: float | None = None) -> list[Member]:
    """The members of the cluster as one of them sees it, itself among them. Raises Unreachable, Refusal."""
    reply = calls.one(address, "CLUSTER", "NODES", timeout_s=timeout_s)
    found = parse_members(reply.decode())
    # A server that has met nobody does not know its own host.
    return [_placed(member, address) if member.myself else member for member in found]


def views(calls: Calls, addresses: Iterable[Address], patience_s: float | None = None) -> dict[Address, list[Member]]:
    """The view of each server that answers."""
    asked = calls.everywhere(addresses, lambda address: members(calls, address), patience_s)
    return {address: view for address, view in asked.items() if not isinstance(view, EngineError)}


def info(calls: Calls, address: Address) -> dict[str, str]:
    """CLUSTER INFO as names and values."""
    lines = calls.one(address, "CLUSTER", "INFO").decode().split()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def takes_writes(calls: Calls, address: Address) -> bool:
    """Whether the server says `cluster_state:ok`; False where it does not answer."""
    try:
        return info(calls, address)["cluster_state"] == "ok"
    except EngineError:
        return False


def agreed(calls: Calls, addresses: Sequence[Address], *, silent: bool = False) -> bool:
    """Whether all of them answer, take writes, and tell the same of who owns which slot.

    With `silent`, those that do not answer are not asked for their view; one must answer all the same.
    """
    asked = calls.everywhere(addresses, lambda address: _told(calls, address))
    told = [one for one in asked.values() if not isinstance(one, EngineError)]
    if not told or (len(told) < len(asked) and not silent):
        return False
    return all(takes and slots == told[0][0] for slots, takes in told)


def _told(calls: Calls, address: Address) -> tuple[dict[str, str], bool]:
    """The slots of each member that has any, in the server's own words, and whether it takes writes.

    Servers that see the same say it in the same words. To read 64 views of thousands of ranges takes half a second.
    """
    nodes, told = calls.many(address, [("CLUSTER", "NODES"), ("CLUSTER", "INFO")])
    for reply in (nodes, told):
        if isinstance(reply, EngineError):
            raise reply
    slots = {}
    for line in nodes.decode().splitlines():
        words = line.split(" ", 8)  # core.topology has the format; marks of moves are in a server's own line only
        if owned := "".join(words[8:]).partition("[")[0].strip():
            slots[words[0]] = owned
    return slots, b"cluster_state:ok" in told


def wait_agreed(calls: Calls, addresses: Sequence[Address], timeout_s: float) -> None:
    """Returns once `agreed`. Raises NotAgreed."""
    wait_for(lambda: agreed(calls, addresses), timeout_s, f"{len(addresses)} servers do not agree on their slots")


def settle(calls: Calls, addresses: Sequence[Address], timeout_s: float) -> None:
    """Returns once those that answer are `agreed`. Raises NotAgreed."""
    what = f"{len(addresses)} servers do not agree on their slots"
    wait_for(lambda: agreed(calls, addresses, silent=True), timeout_s, what)


def wait_seen(
    calls: Calls, addresses: Sequence[Address], wanted: dict[str, tuple[SlotRange, ...]], timeout_s: float
) -> list[Address]:
    """Returns once every server that answers sees these ids own exactly these slots; who answers. Raises NotAgreed."""
    answering: list[Address] = []

    def all_see() -> bool:
        seen = views(calls, addresses)
        answering[:] = seen
        maps = [by_id(view) for view in seen.values()]
        return bool(maps) and all(one.get(id_, ()) == ranges for one in maps for id_, ranges in wanted.items())

    wait_for(all_see, timeout_s, "servers do not see the new owners of slots")
    return answering


def own(view: Sequence[Member]) -> Member:
    """The member that was asked. Raises NotAgreed for a reply without one (there is none such)."""
    for member in view:
        if member.myself:
            return member
    raise NotAgreed("a server does not know itself")


def answers(calls: Calls, address: Address) -> bool:
    """Whether it answers a command and has loaded its keys."""
    try:
        return bool(calls.one(address, "PING"))
    except Unreachable:
        return False
    except EngineError:  # it says that it is loading
        return False


def _placed(member: Member, address: Address) -> Member:
    if member.address.host:
        return member
    return Member(
        member.id,
        address,
        member.bus_port,
        member.hostname,
        member.flags,
        member.primary_id,
        member.epoch,
        member.connected,
        member.ranges,
        member.migrating,
    )
