"""What may be connected to at one moment."""

from __future__ import annotations

from typing import NamedTuple

from servers.address import MAX_PORT, Address
from servers.guard.rules import IPAddress, Rule, ip_of, permits, plain


class Target(NamedTuple):
    """An address that may be connected to: `ip` is never a name, `port` 1..65535."""

    ip: str
    port: int

    def __str__(self) -> str:
        return str(Address(self.ip, self.port))


class Door(NamedTuple):
    """What may be connected to at one moment: the rules, and where our own servers listen (`host` is an IP address)."""

    rules: tuple[Rule, ...]
    ours: frozenset[Address]

    def permits(self, host: str, ip: IPAddress, port: int) -> bool:
        """Whether this process may connect; `host` is the name that led to the address, "" for none."""
        return is_port(port) and permits(self.rules, host, ip, port, ours=self._is_ours(plain(ip), port))

    def permits_still(self, host: str, target: Target) -> bool:
        """Whether what was resolved from `host` (a name or an address) earlier is allowed now."""
        ip = ip_of(target.ip)
        return ip is not None and self.permits("" if ip_of(host) else host, ip, target.port)

    def announced(self, address: Address) -> Target | None:
        """What a cluster announces, if it may be connected to. A name may not: nobody resolves it here."""
        ip = ip_of(address.host)
        return Target(str(ip), address.port) if ip is not None and self.permits("", ip, address.port) else None

    def _is_ours(self, ip: IPAddress, port: int) -> bool:
        # A server of this machine may listen on all of its addresses: whatever leads to this machine counts.
        return Address(str(ip), port) in self.ours or (ip.is_loopback and any(port == one.port for one in self.ours))


def is_port(port: int) -> bool:
    """Whether a server can listen there."""
    return 1 <= port <= MAX_PORT
