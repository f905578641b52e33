"""Replicas: a server follows a primary, or takes over from it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from servers.address import Address
from servers.driver.calls import wait_for
from servers.driver.viewing import Viewing
from servers.topology import myself

LINK_SECTIONS = ("replication", "persistence")


@dataclass(frozen=True, slots=True)
class Follower:
    """A replica as its primary reports it. `online`: it receives writes as they come, otherwise a copy is being sent.

    `offset` is what it acknowledged, in bytes of the primary's writes; `silent_s` how long ago, in whole seconds. It
    acknowledges once a second, so while there are writes it is behind by up to a second of them.
    """

    address: Address
    online: bool
    offset: int
    silent_s: int


@dataclass(frozen=True, slots=True)
class Link:
    """What a server reports about its copy of the primary, and about its own followers.

    `follows` is the primary's address, None for a primary. `up`: it has every write except those in flight. `syncing`:
    a full copy is being made. `offset` counts bytes of the primary's writes. `kept`: the directory has everything that
    memory has; while a file is being rewritten, as after a sync, it may not.
    """

    follows: Address | None
    up: bool
    syncing: bool
    offset: int
    kept: bool
    followers: tuple[Follower, ...] = ()


def link_of(info: Mapping[str, Any]) -> Link:
    """The LINK_SECTIONS of INFO as a link."""
    replica = info["role"] == "slave"
    rewriting = info["aof_rewrite_in_progress"] or info["aof_rewrite_scheduled"]
    well = info["aof_last_bgrewrite_status"] == info["aof_last_write_status"] == "ok"
    return Link(
        follows=Address(str(info["master_host"]), int(info["master_port"])) if replica else None,
        up=replica and info["master_link_status"] == "up",
        syncing=bool(replica and info["master_sync_in_progress"]),
        offset=int(info["slave_repl_offset" if replica else "master_repl_offset"]),
        kept=bool(info["aof_enabled"] and well and not rewriting),
        followers=tuple(map(_follower, _followers(info))),
    )


def _followers(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines slave0, slave1, ... of INFO replication."""
    return [one for name, one in info.items() if name.startswith("slave") and isinstance(one, dict)]


def _follower(said: Mapping[str, Any]) -> Follower:
    return Follower(
        address=Address(str(said["ip"]), int(said["port"])),
        online=said["state"] == "online",
        offset=int(said["offset"]),
        silent_s=int(said["lag"]),
    )


class Copying(Viewing):
    """The part that deals with replicas."""

    def link(self, address: Address, timeout_s: float | None = None) -> Link:
        """What a server reports about its copy of the primary."""
        return link_of(self._calls.one(address, "INFO", *LINK_SECTIONS, timeout_s=timeout_s))

    def is_followed(self, address: Address, timeout_s: float | None = None) -> bool:
        """Whether another server has everything that this one has, except writes in flight, according to this one."""
        info = self._calls.one(address, "INFO", "replication", timeout_s=timeout_s)
        return any(one["state"] == "online" for one in _followers(info))

    def leads(self, address: Address) -> bool:
        """Whether a server is a primary that owns slots: a takeover cannot be undone once it has happened."""
        mine = self.itself(address)
        return mine.primary and bool(mine.ranges)

    def replicate(self, replica: Address, primary_id: str) -> None:
        """Makes an empty member follow a primary. Does not wait for the copy."""
        self._calls.one(replica, "CLUSTER", "REPLICATE", primary_id)

    def takeover(self, replica: Address, timeout_s: float = 5.0) -> None:
        """Makes a replica take over from its primary, slots and all; returns when it accepts writes.

        Kill the primary first. Do not `forget` it before this, or the replica stays a replica.
        """
        deadline = time.monotonic() + timeout_s
        self._calls.one(replica, "CLUSTER", "FAILOVER", "TAKEOVER")
        wait_for(lambda: self.leads(replica) and self.takes_writes(replica), timeout_s, f"{replica} did not take over")
        view = self.members(replica)
        mine = myself(view)
        others = [member.address for member in view if member.met and not member.failed and member.primary]
        self._wait_seen(others, {mine.id: mine.ranges}, max(0.0, deadline - time.monotonic()))
