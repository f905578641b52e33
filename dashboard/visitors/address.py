"""Whose request it is: the address of the connection, or, behind one of our proxies, what the proxy reports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

UNIX = "unix"  # means any client of our Unix socket
_SITE_BITS = 64  # of an IPv6 address: one household has all addresses with the same prefix


class BadProxy(ValueError):
    """An entry that is not valid; the text names it."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies we trust to say whom they forward for."""

    networks: tuple[Network, ...] = ()
    unix: bool = False

    def trusts(self, address: IPv4Address | IPv6Address | None) -> bool:
        """Whether it is one of them; None is our Unix socket."""
        if address is None:
            return self.unix
        return any(address in network for network in self.networks)


def parse(entries: Iterable[str]) -> Proxies:
    """Addresses, networks and `unix`. Raises BadProxy."""
    networks: list[Network] = []
    unix = False
    for entry in entries:
        if entry == UNIX:
            unix = True
            continue
        try:
            networks.append(ip_network(entry))
        except ValueError:
            text = f"{entry!r} is not an address. Write 10.0.0.7, 10.0.0.0/24 or {UNIX} (our Unix socket)."
            raise BadProxy(text) from None
    return Proxies(tuple(networks), unix)


def visitor(peer: str | None, forwarded: Sequence[str], proxies: Proxies) -> str:
    """One name for each visitor: an IPv4 address, the first half of an IPv6 address, or `unix`.

    `peer` is the address of the connection, None on a Unix socket. `forwarded` are the values of X-Forwarded-For, in
    order. Each proxy appends the address that it saw, so the list is read from its end, and only as far as our own
    proxies wrote it: anybody may have written the part before that.
    """
    at = _address(peer) if peer is not None else None
    if peer is not None and at is None:
        return peer[:64]
    said = [part for value in forwarded for part in value.split(",")]
    while said and proxies.trusts(at):
        before = _address(said.pop())
        if before is None:
            break  # one of our proxies does not know it
        at = before
    return _name(at)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in `1.2.3.4`, `1.2.3.4:567`, `::1` or `[::1]:567`; an IPv4-mapped one as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _name(address: IPv4Address | IPv6Address | None) -> str:
    if address is None:
        return UNIX
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), _SITE_BITS), strict=False))
    return str(address)
