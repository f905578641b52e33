"""Moves slots with their keys: by the engine's atomic slot migration, or slot by slot if it has none.

CLUSTER MIGRATESLOTS SLOTSRANGE first last [first last ...] NODE id, sent to the source, is one job with all of its
ranges; GETSLOTMIGRATIONS lists it at source and target, newest first; CANCELSLOTMIGRATIONS (without an argument,
although HELP says ALL) works only at the source. Measured on 9.1.2:

- The target's DBSIZE does not count arriving keys until it owns the slots; the source's does until then.
- If the target is out of memory, the job fails after 15 to 60 ms and nothing stays there. The source reports
"Connection lost".
- If the target is frozen, the source waits for it (`repl-timeout`) and accepts writes meanwhile. If it is killed, the
job fails at once.
- If the source is killed, the target fails the job at once and drops what it has.
- The source signs in at the target with its `primaryauth`; without it the job fails (NOAUTH).
- A primary that loses its last slot becomes a replica, and cannot be a target any more, unless
`cluster-allow-replica-migration no`.

In the classic way (MIGRATE, key by key; Redis from 7.0 on, Valkey before 9.0) the source waits for its target and
serves nobody meanwhile. It must not wait for a frozen target so long that it seems frozen itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from servers.address import Address
from servers.driver.viewing import Viewing
from servers.errors import EngineError, NotAgreed, Refusal, Unreachable
from servers.slots import SlotRange, slots_in

SENDS_WITHIN_S: Final = 1.0  # a batch of keys, to a target that accepts them

_KEYS_AT_ONCE = 100
# A source, or its target, has not heard yet what others know: who owns the slots, or who is a member.
_NOT_HEARD: Final = ("no node served", "not served by this node", "Unknown node")
_NOT_NOW: Final = ("IOERR", "CLUSTERDOWN", "LOADING")  # a server could not send to another

_State = Literal["running", "done", "failed", "cancelled"]

_ENDED: Final[dict[str, _State]] = {
    "success": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class MoveState:
    """An atomic slot migration as the asked server reports it. `source` and `target` are node IDs.

    `message` says why it failed; `exporting` is whether the asked server is the source.
    """

    name: str
    state: _State
    source: str
    target: str
    ranges: list[SlotRange]
    message: str
    exporting: bool

    @property
    def unheard(self) -> bool:
        """Whether it failed because the target has not heard yet who owns the slots."""
        return self.state == "failed" and _is_not_heard(self.message)


class Moving(Viewing):
    """The part that moves slots with their keys."""

    def has_atomic(self, address: Address) -> bool:
        """Whether a server can move slots atomically (Valkey from 9.0 on)."""
        try:
            self._calls.one(address, "CLUSTER", "GETSLOTMIGRATIONS")
        except Refusal as refusal:
            if "unknown subcommand" in str(refusal).lower():
                return False
            raise
        return True

    def move(self, source: Address, target_id: str, ranges: Sequence[SlotRange]) -> None:
        """Begins an atomic migration of slots that the source owns; `moves` shows its progress.

        Raises NotAgreed if the source does not own all of them according to itself, or does not know the target: the
        caller knows less than the source, or more. Raises Refusal.
        """
        ends = (end for one in ranges for end in one)
        try:
            self._calls.one(source, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", *ends, "NODE", target_id)
        except Refusal as refusal:
            if _is_not_heard(str(refusal)):
                raise NotAgreed(str(refusal)) from None
            raise

    def moves(self, address: Address) -> list[MoveState]:
        """The migrations from and to a server that it remembers (1,000 of them), newest first."""
        return [_state(_words(job)) for job in self._calls.one(address, "CLUSTER", "GETSLOTMIGRATIONS")]

    def cancel(self, address: Address) -> None:
        """Cancels every migration from a server (9 ms): its slots stay there, with every write.

        Does nothing if there is none. Only its source can cancel a migration.
        """
        try:
            self._calls.one(address, "CLUSTER", "CANCELSLOTMIGRATIONS")
        except Refusal as error:
            if "No migrations" not in str(error):
                raise

    def move_slots_classic(
        self, source: Address, target: Address, slots: Sequence[int], timeout_s: float = 0.2, keys_at_once: int = 100
    ) -> None:
        """Moves slots key by key, for engines without atomic migration; returns when the target owns them.

        The other servers hear about it by gossip. Can be repeated after an interruption. A target that is silent for
        `timeout_s` raises Unreachable; the source serves nobody for that long. One slot takes 10 ms, 32 take little
        more.
        """
        source_id, arriving = self.itself(source).id, self.itself(target)
        has = set(slots_in(arriving.ranges))
        opened = [slot for slot in slots if slot not in has]  # after an interruption it may own some
        # Together: whenever its view changes, a server writes it to disk before it answers.
        self._calls.every(target, [("CLUSTER", "SETSLOT", slot, "IMPORTING", source_id) for slot in opened])
        self._calls.every(source, [("CLUSTER", "SETSLOT", slot, "MIGRATING", arriving.id) for slot in opened])
        found = self._calls.every(source, [("CLUSTER", "GETKEYSINSLOT", slot, keys_at_once) for slot in slots])
        for slot, some in zip(slots, found, strict=True):
            keys = some
            while keys:
                # REPLACE: of a key that both have, after a timeout, the source's is newer, because clients ask the
                # source first.
                self._send(source, target, ("REPLACE",), keys, timeout_s)
                keys = self._calls.one(source, "CLUSTER", "GETKEYSINSLOT", slot, keys_at_once)
        # The target first: if we die in between, it owns the slots and has their keys.
        for address in (target, source):
            self._calls.every(address, [("CLUSTER", "SETSLOT", slot, "NODE", arriving.id) for slot in slots])

    def take_back_classic(self, source: Address, target: Address, slot: int, timeout_s: float = 0.2) -> None:
        """Rolls back an interrupted classic move: the source gets the slot, and the keys that had moved, back.

        A key that a client stored at the source meanwhile stays.
        """
        # While the slot is leaving, the source redirects every request for a key that it does not have.
        self.close_slot(source, slot)
        while keys := self._calls.one(target, "CLUSTER", "GETKEYSINSLOT", slot, _KEYS_AT_ONCE):
            try:
                self._send(target, source, (), keys, timeout_s)
            except Refusal as refusal:
                if "BUSYKEY" not in str(refusal):
                    raise
                # A key of the same name at the source was written after the slot was stable, so it is newer.
                self._unlink_asking(target, [key for key in keys if self._calls.one(source, "EXISTS", key)])
        self.close_slot(target, slot)

    def close_slot(self, address: Address, slot: int) -> None:
        """Makes a server forget that a slot is moving; no key moves."""
        self._calls.one(address, "CLUSTER", "SETSLOT", slot, "STABLE")

    def drop_strays(self, address: Address, slot: int, owner_id: str) -> None:
        """Deletes what an interrupted classic move left at a server, in a slot that another server owns."""
        while keys := self._calls.one(address, "CLUSTER", "GETKEYSINSLOT", slot, _KEYS_AT_ONCE):
            self._calls.one(
                address, "CLUSTER", "SETSLOT", slot, "IMPORTING", owner_id
            )  # otherwise it redirects us to the owner
            self._unlink_asking(address, keys)
        self.close_slot(address, slot)

    def _cancel_with(self, address: Address, ids: Collection[str]) -> None:
        """Cancels a server's migrations if any is from or to one of these node IDs."""
        try:
            running = [one for one in self.moves(address) if one.state == "running"]
        except EngineError:  # no atomic migration, or no answer
            return
        if any(one.source in ids or one.target in ids for one in running):
            self.cancel(address)

    def _send(
        self, source: Address, target: Address, options: tuple[str, ...], keys: Sequence[bytes], timeout_s: float
    ) -> None:
        """Moves keys to another server; the sender serves nobody until it is done, or the other is silent for
        `timeout_s`.

        Also raises Unreachable if the sender could not reach the other.
        """
        milliseconds = max(1, int(timeout_s * 1000))
        words: list[str | int | bytes] = ["MIGRATE", target.host, target.port, "", 0, milliseconds, *options]
        words += [*self._calls.password_words(), "KEYS", *keys]
        try:
            self._calls.one(source, *words, timeout_s=timeout_s + SENDS_WITHIN_S)
        except Refusal as refusal:
            if any(word in str(refusal) for word in _NOT_NOW):
                raise Unreachable(str(refusal)) from None
            raise

    def _unlink_asking(self, address: Address, keys: Sequence[bytes]) -> None:
        """Deletes keys of a slot that a server is importing."""
        self._calls.every(address, [command for key in keys for command in (("ASKING",), ("UNLINK", key))])


def _is_not_heard(message: str) -> bool:
    return any(words in message for words in _NOT_HEARD)


def _state(job: dict[str, str]) -> MoveState:
    ranges = [part.partition("-") for part in job["slot_ranges"].split()]
    return MoveState(
        name=job["name"],
        state=_ENDED.get(job["state"], "running"),
        source=job.get("source_node", ""),
        target=job.get("target_node", ""),
        ranges=[(int(first), int(last or first)) for first, _dash, last in ranges],
        message=job["message"].strip(),
        exporting=job["operation"] == "EXPORT",
    )


def _words(job: Any) -> dict[str, str]:
    pairs = job.items() if isinstance(job, dict) else zip(job[::2], job[1::2], strict=True)
    return {name.decode(): value.decode() if isinstance(value, bytes) else str(value) for name, value in pairs}
