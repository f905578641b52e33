"""What we may connect to at a given moment."""

from __future__ import annotations

from typing import NamedTuple

from servers.address import MAX_PORT, Address
from servers.guard.rules import IPAddress, Rule, ip_of, permits, plain


class Target(NamedTuple):
    """An address that we may connect to: `ip` is never a name, `port` is 1..65535."""

    ip: str
    port: int

    def __str__(self) -> str:
        return str(Address(self.ip, self.port))


class Door(NamedTuple):
    """What we may connect to at a given moment: the rules, and the addresses of our own servers (`host` is an IP)."""

    rules: tuple[Rule, ...]
    ours: frozenset[Address]

    def permits(self, host: str, ip: IPAddress, port: int) -> bool:
        """Whether this process may connect; `host` is the name that led to the address, "" for none."""
        return is_port(port) and permits(self.rules, host, ip, port, ours=self._is_ours(plain(ip), port))

    def permits_still(self, host: str, target: Target) -> bool:
        """Whether an address that was resolved from `host` (a name or an address) earlier is allowed now."""
        ip = ip_of(target.ip)
        return ip is not None and self.permits("" if ip_of(host) else host, ip, target.port)

    def announced(self, address: Address) -> Target | None:
        """An address that a cluster announces, if it is allowed. A name is not, because nothing resolves it here."""
        ip = ip_of(address.host)
        return Target(str(ip), address.port) if ip is not None and self.permits("", ip, address.port) else None

    def _is_ours(self, ip: IPAddress, port: int) -> bool:
        # A server of this machine may listen on all of its addresses, so everything that leads to this machine counts.
        return Address(str(ip), port) in self.ours or (ip.is_loopback and any(port == one.port for one in self.ours))


def is_port(port: int) -> bool:
    """Whether a server can listen there."""
    return 1 <= port <= MAX_PORT
