"""Which servers a source has: the one in its address, the primary of the Sentinels, or a Cluster's primaries."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis.crc import key_slot

from locks.core.sourcelist import Target
from locks.sources.cost import Cost
from locks.sources.lines import Line
from locks.sources.trouble import SourceTrouble

_SLOTS = 16_384
MOST_PRIMARIES = 1_000


@dataclass
class Reached:
    """The lines to the servers that hold keys. In a Cluster, `starts` and `owners` say which slots each has."""

    lines: list[Line]
    starts: Sequence[int] = ()
    owners: Sequence[Line | None] = ()

    def line_of(self, key: bytes) -> Line:
        """The server that has a key. Raises SourceTrouble for a slot without an owner."""
        if not self.starts:
            return self.lines[0]
        owner = self.owners[bisect_right(self.starts, key_slot(key)) - 1]
        if owner is None:
            raise SourceTrouble("cluster", f"no primary has slot {key_slot(key)}")
        return owner

    def shares(self, keys: Iterable[bytes]) -> Iterator[tuple[Line, list[bytes]]]:
        """The keys grouped by server, in order."""
        if not self.starts:
            yield self.lines[0], list(keys)
            return
        table: dict[int, list[bytes]] = {}
        for key in keys:
            table.setdefault(id(self.line_of(key)), []).append(key)
        for line in self.lines:
            if share := table.get(id(line)):
                yield line, share

    def close(self) -> None:
        """Closes all connections."""
        for line in self.lines:
            line.close()


def reach(target: Target, cost: Cost, name: str) -> Reached:
    """Finds the servers. Connects to nothing if the address is enough. Raises SourceTrouble."""
    if target.topology == "sentinel":
        host, port = _primary(target, cost, name)
        return Reached([Line(target, host, port, cost, name)])
    if target.topology == "cluster":
        return _cluster(target, cost, name)
    host, port = target.hosts[0] if target.hosts else ("", 0)
    return Reached([Line(target, host, port, cost, name)])


def _primary(target: Target, cost: Cost, name: str) -> tuple[str, int]:
    """Asks the Sentinels; the first answer counts."""
    theirs = replace(target, db=0) if target.sentinel_auth else replace(target, db=0, username=None, password=None)
    troubles = []
    for host, port in target.hosts:
        line = Line(theirs, host, port, cost, name)
        try:
            answer = line.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", target.service)
        except SourceTrouble as trouble:
            kind = "sentinel" if trouble.kind == "other" else trouble.kind  # other: it does not know the command
            troubles.append(SourceTrouble(kind, trouble.text, trouble.command))
            continue
        finally:
            line.close()
        if answer:
            return _text(answer[0]), int(answer[1])
        troubles.append(SourceTrouble("sentinel", f"{line.where} knows no primary of the service {target.service}"))
    if len(troubles) == 1:
        raise troubles[0]
    raise SourceTrouble("sentinel", "; ".join(trouble.text for trouble in troubles))


def _cluster(target: Target, cost: Cost, name: str) -> Reached:
    """Uses the slot map of the first node that answers."""
    troubles = []
    for host, port in target.hosts:
        seed = Line(target, host, port, cost, name)
        try:
            slots = seed.call("CLUSTER", "SLOTS")
        except SourceTrouble as trouble:
            troubles.append(trouble)
            continue
        finally:
            seed.close()
        return _mapped(target, slots, host, cost, name)
    if len(troubles) == 1:
        raise troubles[0]
    raise SourceTrouble("cluster", "; ".join(trouble.text for trouble in troubles))


def _mapped(target: Target, slots: list[Any], asked: str, cost: Cost, name: str) -> Reached:
    lines: dict[tuple[str, int], Line] = {}
    spans: list[tuple[int, int, Line]] = []
    for first, last, primary, *_replicas in sorted(slots, key=lambda span: int(span[0])):
        # A node that does not know its own address sends none: it is at the address that was asked.
        address = _text(primary[0] or b"") or asked, int(primary[1])
        if address not in lines:
            lines[address] = Line(target, *address, cost, name)
        spans.append((int(first), int(last), lines[address]))
    if not lines:
        raise SourceTrouble("cluster", "no node of the Cluster has slots")
    if len(lines) > MOST_PRIMARIES:
        raise SourceTrouble("cluster", f"the Cluster has more than {MOST_PRIMARIES} primaries")
    starts: list[int] = []
    owners: list[Line | None] = []
    at = 0
    for first, last, line in spans:
        if first > at:
            starts.append(at)
            owners.append(None)
        starts.append(first)
        owners.append(line)
        at = last + 1
    if at < _SLOTS:
        starts.append(at)
        owners.append(None)
    return Reached(list(lines.values()), starts, owners)


def _text(raw: bytes | str) -> str:
    return raw.decode(errors="replace") if isinstance(raw, bytes) else raw
