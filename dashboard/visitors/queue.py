"""A queue that is fair by client: clients take turns, one request each, however many requests one sends. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass


class Full(Exception):
    """There is no room in the queue for this client."""


@dataclass(eq=False, slots=True)
class Ticket:
    """A request of a client, which waits until `serves` is True."""

    client: str
    serves: bool = False


class FairQueue:
    """`places`, of which one client gets at most `each`; room for `waiting` in all, `waiting_each` per client.

    Every method takes time at most in the number of waiting clients. Not thread-safe.
    """

    def __init__(self, places: int, each: int, waiting: int, waiting_each: int) -> None:
        self._free, self._each = places, each
        self._room, self._room_each = waiting, waiting_each
        self._served: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Ticket]] = OrderedDict()  # the first client is next
        self._count = 0

    @property
    def waiting(self) -> int:
        """How many requests are waiting."""
        return self._count

    def enter(self, client: str) -> tuple[Ticket, Ticket | None]:
        """A ticket, served at once or waiting; and the one that was dropped to make room for it, if any.

        If all room is taken, the client with most waiting tickets loses its last one, so nobody can keep others out by
        sending a lot. Raises Full if that is this client.
        """
        ticket = Ticket(client)
        mine = self._waiting.setdefault(client, deque())
        mine.append(ticket)
        self._count += 1
        if self._next():
            return ticket, None  # this one: a place stays free only while all waiting clients have their maximum
        if len(mine) > self._room_each:
            self.leave(ticket)
            raise Full
        if self._count <= self._room:
            return ticket, None
        longest = max(self._waiting.values(), key=len)
        gone = mine[-1] if len(mine) == len(longest) else longest[-1]
        self.leave(gone)
        if gone is ticket:
            raise Full
        return ticket, gone

    def leave(self, ticket: Ticket) -> list[Ticket]:
        """The ticket is finished, served or not; calling it again does nothing.

        Returns the tickets that are served now.
        """
        if ticket.serves:
            ticket.serves = False
            self._free += 1
            self._served[ticket.client] -= 1
            if not self._served[ticket.client]:
                del self._served[ticket.client]
            return self._next()
        line = self._waiting.get(ticket.client)
        if line is not None and ticket in line:
            line.remove(ticket)
            self._count -= 1
            if not line:
                del self._waiting[ticket.client]
        return []

    def _next(self) -> list[Ticket]:
        """Gives the free places to the clients whose turn it is."""
        served: list[Ticket] = []
        while self._free and (client := self._turn()) is not None:
            line = self._waiting[client]
            ticket = line.popleft()
            self._waiting.move_to_end(client)
            if not line:
                del self._waiting[client]
            self._free -= 1
            self._count -= 1
            self._served[client] += 1
            ticket.serves = True
            served.append(ticket)
        return served

    def _turn(self) -> str | None:
        """The first client in turn that may have another place."""
        return next((client for client in self._waiting if self._served[client] < self._each), None)
