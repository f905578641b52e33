"""One client of a cluster: a line to each node, and the routing of a request to the node that has its slot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from servers.address import Address
from servers.client.line import Failed, Limits, Line, Outcome
from servers.client.owners import SlotOwners
from servers.resp import ErrorReply, command
from servers.topology import NotTopology

MOST_HOPS: Final = 5
_ASKING: Final = command(b"ASKING")
_MAP: Final = command(b"CLUSTER", b"NODES")

Answered = Callable[[Outcome, Address | None], None]
"""The outcome, and the node that it came from (None: the slot has no owner)."""


class Client:
    """Sends requests by a slot map that it shares with others and corrects. `on_stale()` asks for a new map.

    `limits` apply to each of its lines.
    """

    def __init__(
        self, slots: SlotOwners, password: str, on_stale: Callable[[], None], limits: Limits | None = None
    ) -> None:
        self._slots = slots
        self._password = password
        self._on_stale = on_stale
        self._limits = limits
        self._lines: dict[Address, Line] = {}

    def ask(self, slot: int, packed: bytes, answered: Answered) -> None:
        """Sends a command about a key of this slot. Calls `answered` once, within a few times the line's timeout.

        If it gets an `ErrorReply`, that was not a redirection: CLUSTERDOWN, OOM, LOADING, ...
        """
        owner = self._slots.owners[slot]
        if owner is None:
            self._on_stale()
            answered(Failed.AWAY, None)
        else:
            self.line(owner).ask(packed, _Errand(self, slot, packed, answered, owner))

    def line(self, address: Address) -> Line:
        """The line to a node, created at its first use."""
        line = self._lines.get(address)
        if line is None:
            line = self._lines[address] = Line(address, self._password, self._limits)
        return line

    def read_map(self, address: Address, done: Callable[[bool], None]) -> None:
        """Asks a node for the whole slot map; calls `done(True)` once it is applied."""

        def take(reply: Outcome) -> None:
            done(isinstance(reply, bytes) and not isinstance(reply, ErrorReply) and self._take_map(reply, address))

        self.line(address).ask(_MAP, take)

    def _take_map(self, text: bytes, asked: Address) -> bool:
        try:
            self._slots.read(text, asked)
        except NotTopology:
            return False
        return True

    def forget(self, *, but: Iterable[Address]) -> None:
        """Closes the broken lines to all other nodes: those nodes are gone."""
        for address in self._lines.keys() - set(but):
            if not self._lines[address].is_up:
                self._lines.pop(address).close()

    def close(self) -> None:
        """Closes every line; requests in flight fail. A later request opens new lines."""
        lines, self._lines = self._lines, {}
        for line in lines.values():
            line.close()

    def connections(self) -> int:
        """How many of its lines work."""
        return sum(line.is_up for line in self._lines.values())

    def redirected(self, errand: _Errand, refusal: ErrorReply) -> bool:
        """Follows a MOVED or an ASK. Returns whether the request was sent on to the node that it names."""
        word, *words = refusal.split(b" ")
        if word not in (b"MOVED", b"ASK") or len(words) < 2 or errand.hops >= MOST_HOPS:
            return False
        try:
            address = Address.parse(words[1].decode("ascii", "replace")).seen_from(errand.address)
        except ValueError:  # not an address
            return False
        if word == b"MOVED":
            self._slots.move(errand.slot, address)
            self._on_stale()
        errand.hops += 1
        errand.address = address
        self.line(address).ask(errand.packed, errand, first=_ASKING if word == b"ASK" else b"")
        return True

    def settled(self, errand: _Errand, outcome: Outcome) -> None:
        """A request ended. After a failure the slot may have another owner."""
        if isinstance(outcome, Failed | ErrorReply) and outcome is not Failed.FULL:
            self._on_stale()
        errand.answered(outcome, errand.address)


class _Errand:
    """A request in progress; called with the outcome at one node."""

    __slots__ = ("_client", "address", "answered", "hops", "packed", "slot")

    def __init__(self, client: Client, slot: int, packed: bytes, answered: Answered, address: Address) -> None:
        self._client = client
        self.slot = slot
        self.packed = packed
        self.answered = answered
        self.address = address
        self.hops = 0

    def __call__(self, outcome: Outcome) -> None:
        if not isinstance(outcome, ErrorReply) or not self._client.redirected(self, outcome):
            self._client.settled(self, outcome)
