"""Replicas: a server follows a primary, or takes its place."""

from __future__ import annotations

import time

from servers.address import Address
from servers.driver.calls import wait_for
from servers.driver.viewing import Viewing
from servers.topology import myself


class Copying(Viewing):
    """The part that deals with replicas."""

    def replicate(self, replica: Address, primary_id: str) -> None:
        """Has an empty server that is in the cluster follow a primary. Does not wait for the copy."""
        self._calls.one(replica, "CLUSTER", "REPLICATE", primary_id)

    def takeover(self, replica: Address, timeout_s: float = 5.0) -> None:
        """Has a replica take the place of its primary, slots and all; returns when it takes writes.

        The primary must be killed before. Never `forget` it before this: the replica would stay one.
        """
        deadline = time.monotonic() + timeout_s
        self._calls.one(replica, "CLUSTER", "FAILOVER", "TAKEOVER")
        wait_for(lambda: self._leads(replica), timeout_s, f"{replica} does not take over")
        view = self.members(replica)
        mine = myself(view)
        others = [member.address for member in view if member.met and not member.failed and member.primary]
        self._wait_seen(others, {mine.id: mine.ranges}, max(0.0, deadline - time.monotonic()))

    def _leads(self, address: Address) -> bool:
        mine = self.itself(address)
        return mine.primary and bool(mine.ranges) and self.takes_writes(address)
