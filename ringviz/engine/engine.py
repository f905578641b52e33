"""The one class that others use of this package. What each method does is in the module it calls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ringviz.core.topology import Address, Member, SlotRange, owner_map
from ringviz.engine import copying, measuring, meeting, moving, owning, viewing
from ringviz.engine.calls import Calls
from ringviz.engine.errors import EngineError
from ringviz.engine.measuring import Measured
from ringviz.engine.moving import MoveState


class Engine:
    """Servers of one cluster, which share a password. May be used from any thread.

    Every method raises Unreachable for a server that it needs and that does not answer within `timeout_s`, Refusal for
    an error that a server answers, NotAgreed when servers do not come to the same view in time; all are EngineError.
    """

    def __init__(self, password: str, timeout_s: float = 0.5) -> None:
        self._calls = Calls(password, timeout_s)

    def __repr__(self) -> str:
        return f"<Engine {self._calls!r}>"

    def close(self) -> None:
        """Closes every connection."""
        self._calls.close()

    # --- asking

    def answers(self, address: Address) -> bool:
        """Whether it answers, its keys loaded. Never raises one of ours."""
        return viewing.answers(self._calls, address)

    def identity(self, address: Address) -> str:
        """The id of a server, 40 hexadecimal digits: kept in its nodes.conf, whatever its port."""
        return str(self._calls.one(address, "CLUSTER", "MYID").decode())

    def members(self, address: Address) -> list[Member]:
        """All members as this one sees them, the failed and those in a handshake too."""
        return viewing.members(self._calls, address)

    def slot_map(self, address: Address, timeout_s: float | None = None) -> tuple[NDArray[np.int32], list[str]]:
        """Who owns each slot as this server sees it: indices into the ids, -1 nobody, shape (16384,); and the ids."""
        return owner_map(viewing.members(self._calls, address, timeout_s))

    def agreed(self, addresses: Sequence[Address]) -> bool:
        """Whether all of them answer, take writes, and tell the same of who owns which slot."""
        return viewing.agreed(self._calls, addresses)

    def wait_agreed(self, addresses: Sequence[Address], timeout_s: float) -> None:
        """Returns once they are `agreed`. Raises NotAgreed."""
        viewing.wait_agreed(self._calls, addresses, timeout_s)

    def takes_writes(self, address: Address) -> bool:
        """Whether it says `cluster_state:ok`; False where it does not answer."""
        return viewing.takes_writes(self._calls, address)

    def measure(self, addresses: Iterable[Address], timeout_s: float | None = None) -> dict[Address, Measured | None]:
        """What each holds and does, None for one that does not answer; a frozen one costs one timeout, all the same."""
        return measuring.measure(self._calls, addresses, timeout_s)

    def has(self, address: Address, name: bytes, timeout_s: float | None = None) -> bool | None:
        """Whether a server stores a key of this name; None when it does not say, or when the slot is another's."""
        try:
            return bool(self._calls.one(address, "EXISTS", name, timeout_s=timeout_s))
        except EngineError:
            return None

    # --- coming together

    def form(
        self, addresses: Sequence[Address], owners: Mapping[Address, Sequence[SlotRange]], timeout_s: float
    ) -> None:
        """Makes servers that know nobody a cluster in which each owns its slots; returns when all take writes.

        May be called again after it was cut off. Eight servers: 2.0 s after their start, the engine's own delay.
        """
        meeting.form(self._calls, addresses, owners, timeout_s)

    def join(self, new: Address, known: Address, timeout_s: float) -> None:
        """Has an empty server join the cluster of a known one; returns when slots can be moved to it (0.2 s)."""
        meeting.join(self._calls, new, known, timeout_s)

    def meet(self, addresses: Sequence[Address], timeout_s: float) -> None:
        """Tells servers of one cluster where the others are now, and waits until those that answer know it."""
        meeting.meet(self._calls, addresses, timeout_s)

    def forget(self, ids: Collection[str], addresses: Sequence[Address]) -> None:
        """Has servers strike identities, their slots are nobody's then; they take none of them back for 60 s.

        Unknown identities and servers that do not answer are passed over. Raises Unreachable where none answers.
        """
        owning.forget(self._calls, ids, addresses)

    # --- moving with the keys

    def has_atomic(self, address: Address) -> bool:
        """Whether the server can move slots atomically (Valkey from 9.0 on)."""
        return moving.has_atomic(self._calls, address)

    def move(self, source: Address, target_id: str, ranges: Sequence[SlotRange]) -> None:
        """Begins an atomic migration of slots that the source owns; `moves` tells how it goes. Raises Refusal."""
        moving.move(self._calls, source, target_id, ranges)

    def moves(self, address: Address) -> list[MoveState]:
        """The migrations from and to a server that it remembers (1,000 of them), the newest first."""
        return moving.moves(self._calls, address)

    def cancel(self, address: Address) -> None:
        """Cancels every migration from a server (9 ms): its slots stay there, with every write.

        Nothing happens where there is none. A migration to a server only its source can cancel.
        """
        moving.cancel(self._calls, address)

    def move_slots_classic(
        self, source: Address, target: Address, slots: Sequence[int], timeout_s: float = 0.2, keys_at_once: int = 100
    ) -> None:
        """Moves slots key by key, for engines without atomic migration; returns when the target owns them.

        The others hear of it by gossip. May be called again after it was cut off. A target that is silent for
        `timeout_s` makes it Unreachable; so long the source serves nobody. 10 ms for one slot, 32 take little more.
        """
        moving.move_slots_classic(self._calls, source, target, slots, timeout_s=timeout_s, keys_at_once=keys_at_once)

    def move_slot_classic(self, source: Address, target: Address, slot: int, keys_at_once: int = 100) -> None:
        """Moves one slot: `move_slots_classic`."""
        self.move_slots_classic(source, target, [slot], keys_at_once=keys_at_once)

    def take_back_classic(
        self, source: Address, target: Address, slot: int, timeout_s: float = 0.2, keys_at_once: int = 100
    ) -> None:
        """Ends a classic move that was cut off where it began: the source has the slot, and what had arrived, back.

        A key that a client stored at the source meanwhile stays.
        """
        moving.take_back_classic(self._calls, source, target, slot, timeout_s=timeout_s, keys_at_once=keys_at_once)

    def close_slot(self, address: Address, slot: int) -> None:
        """Has a server forget that a slot is on its way; no key moves."""
        moving.close_slot(self._calls, address, slot)

    def drop_strays(self, address: Address, slot: int, owner_id: str, keys_at_once: int = 100) -> None:
        """Deletes what a classic move that was cut off left at a server of a slot that another one owns."""
        moving.drop_strays(self._calls, address, slot, owner_id, keys_at_once=keys_at_once)

    # --- owning without the keys

    def reassign(
        self,
        dead_ids: Collection[str],
        gains: Mapping[Address, Sequence[SlotRange]],
        survivors: Sequence[Address],
        timeout_s: float = 5.0,
    ) -> None:
        """Strikes the dead everywhere and gives their slots to others, empty; writes work again when it returns.

        The dead must be killed before (a frozen one that thaws answers old values). A survivor that does not answer is
        passed over: it hears of the new owners by gossip, and what it was to gain is nobody's until it is asked again
        (`slot_map` says -1). What it was asked meanwhile is still in its socket, and it obeys when it thaws.
        """
        owning.reassign(self._calls, dead_ids, gains, survivors, timeout_s)

    def hand_over(
        self, gains: Mapping[Address, Sequence[SlotRange]], everybody: Sequence[Address], timeout_s: float = 10.0
    ) -> None:
        """Has slots of the living change owner at once, without their keys: those are dropped."""
        owning.hand_over(self._calls, gains, everybody, timeout_s)

    def drop(self, address: Address, ranges: Sequence[SlotRange], timeout_s: float = 30.0) -> None:
        """Deletes every key of these slots at a server."""
        owning.drop(self._calls, address, ranges, timeout_s)

    def flush(self, address: Address, timeout_s: float = 30.0) -> None:
        """Deletes every key of a server; their memory is given back in the background."""
        self._calls.one(address, "FLUSHALL", "ASYNC", timeout_s=timeout_s)

    # --- replicas

    def replicate(self, replica: Address, primary_id: str) -> None:
        """Has an empty server that is in the cluster follow a primary. Does not wait for the copy: `measure` tells."""
        copying.replicate(self._calls, replica, primary_id)

    def takeover(self, replica: Address, timeout_s: float = 5.0) -> None:
        """Has a replica take the place of its primary, slots and all; returns when it takes writes.

        The primary must be killed before. Never `forget` it before this: the replica would stay one.
        """
        copying.takeover(self._calls, replica, timeout_s)

    def promote(self, replica: Address) -> None:
        """Makes a replica an empty primary without slots."""
        copying.promote(self._calls, replica)

    def reset(self, address: Address) -> None:
        """Makes a server an empty one of a new identity that knows nobody."""
        copying.reset(self._calls, address)


__all__ = ["Engine", "EngineError"]
