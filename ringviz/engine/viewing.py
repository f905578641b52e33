"""What servers say about their cluster, and whether they say the same."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from ringviz.core.topology import Address, Member, SlotRange, by_id, parse_members
from ringviz.engine.calls import Calls, wait_for
from ringviz.engine.errors import EngineError, NotAgreed, Unreachable

_ANNOUNCE_EVERY_S = 0.1


def members(calls: Calls, address: Address) -> list[Member]:
    """The members of the cluster as one of them sees it, itself among them. Raises Unreachable, Refusal."""
    reply = calls.one(address, "CLUSTER", "NODES")
    found = parse_members(reply.decode())
    # A server that has met nobody does not know its own host.
    return [_placed(member, address) if member.myself else member for member in found]


def views(calls: Calls, addresses: Iterable[Address]) -> dict[Address, list[Member]]:
    """The view of each server that answers."""
    asked = calls.everywhere(addresses, lambda address: members(calls, address))
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
    seen = views(calls, addresses)
    if not seen or (len(seen) < len(set(addresses)) and not silent):
        return False
    maps = [by_id(view) for view in seen.values()]
    if any(one != maps[0] for one in maps):
        return False
    states = calls.everywhere(seen, lambda address: takes_writes(calls, address))
    return all(state is True for state in states.values())


def wait_agreed(calls: Calls, addresses: Sequence[Address], timeout_s: float) -> None:
    """Returns once `agreed`. Raises NotAgreed."""
    wait_for(lambda: agreed(calls, addresses), timeout_s, f"{len(addresses)} servers do not agree on their slots")


def settle(calls: Calls, addresses: Sequence[Address], timeout_s: float) -> None:
    """Returns once those that answer are `agreed`, their slots announced again and again. Raises NotAgreed.

    Left to gossip, eight servers that take writes after 2.0 s know of all slots only after 2.6 to 5.1 s.
    """
    announced = 0.0

    def settled() -> bool:
        nonlocal announced
        if agreed(calls, addresses, silent=True):
            return True
        if time.monotonic() > announced + _ANNOUNCE_EVERY_S:
            calls.everywhere(addresses, lambda address: announce(calls, address))
            announced = time.monotonic()
        return False

    wait_for(settled, timeout_s, f"{len(addresses)} servers do not agree on their slots")


def announce(calls: Calls, address: Address) -> None:
    """Has a server tell everybody which slots it owns: giving itself a slot that it has does just that."""
    mine = own(members(calls, address))
    if mine.primary and mine.ranges:
        calls.one(address, "CLUSTER", "SETSLOT", mine.ranges[0][0], "NODE", mine.id)


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
