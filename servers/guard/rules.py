"""Which outside addresses we may connect to: rules, parsed and applied. Pure: no network access.

An entry is `host`, `host:port` or `host:low-high`; without a port it covers all ports. The host is a name
(`cache.example`), any name below one (`*.cache.example`), an address or a network (`10.0.0.0/8`); IPv6 is in brackets
(`[fd00::/8]:6379`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from servers.address import MAX_PORT

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_HOST_NAME = 253

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_ENTRY = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(:(?P<low>[0-9]{1,5})(-(?P<high>[0-9]{1,5}))?)?", re.ASCII)

# A wide network does not include these: this machine, its local link, multicast groups, and the addresses where clouds
# give machines their secrets.
_SPECIAL: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32"),
        *("100.100.100.200/32", "192.0.0.192/32"),
        *("::/128", "::1/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128"),
    )
)
# IPv6 addresses that contain IPv4: the old "compatible" form, NAT64 and 6to4, each with the bits below the IPv4 part.
_EMBEDDING: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)


class BadRule(ValueError):
    """An entry that is not valid; the text names it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry. Either `network` or `name` (in lower case; with `*.` in front: only names below it) is set."""

    network: Network | None
    name: str
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether it covers a single host: a full name, or a single address."""
        if self.network is None:
            return not self.name.startswith("*.")
        return self.network.num_addresses == 1

    @property
    def one_port(self) -> bool:
        """Whether it covers a single port."""
        return self.low == self.high

    def covers(self, host: str, ip: IPAddress, port: int) -> bool:
        """Whether it covers a port of the address that the name `host` (empty: none was typed) led to."""
        if not self.low <= port <= self.high:
            return False
        if self.network is not None:
            return ip in self.network
        if self.name.startswith("*."):
            return host.endswith(self.name[1:])
        return bool(host) and host == self.name

    def names_special(self, ip: IPAddress) -> bool:
        """Whether it covers a special address on purpose.

        A network inside the special one does, and so does the full name of this machine. Other names do not: whoever
        controls them could point them here.
        """
        if self.network is None:
            return self.exact and ip.is_loopback
        return any(ip in special and _inside(self.network, special) for special in _specials_of(ip))


def parse(entries: Iterable[str]) -> tuple[Rule, ...]:
    """The rules for these entries. Raises BadRule for the first invalid one."""
    return tuple(_rule(entry.strip().lower()) for entry in entries)


def permits(rules: Iterable[Rule], host: str, ip: IPAddress, port: int, *, ours: bool = False) -> bool:
    """Whether some rule allows it. `host` is the name that was typed, "" for none; `ours`: our own server is there.

    One of our own is allowed only by a rule for one host and one port, a special address only by a rule inside the
    special network or the full name.
    """
    ip, host = plain(ip), host.rstrip(".").lower()
    covering = [rule for rule in rules if rule.covers(host, ip, port)]
    if ours:
        covering = [rule for rule in covering if rule.exact and rule.one_port]
    if is_special(ip):
        covering = [rule for rule in covering if rule.names_special(ip)]
    return bool(covering)


def is_special(ip: IPAddress) -> bool:
    """Whether an address, in any spelling, is this machine, its local link, a multicast group or a cloud's metadata."""
    return bool(_specials_of(plain(ip)))


def plain(ip: IPAddress) -> IPAddress:
    """The address itself: an IPv4-mapped IPv6 address becomes its IPv4 address."""
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip


def host_name(text: str) -> str | None:
    """A host's name in lower case, without a final dot; None if it is not a name."""
    name = text.lower().removesuffix(".")
    return name if len(name) <= MAX_HOST_NAME and _NAME.fullmatch(name) else None


def _specials_of(ip: IPAddress) -> list[Network]:
    found = [network for network in _SPECIAL if ip in network]
    if isinstance(ip, IPv6Address) and not found:
        # Its rule must then name the network that contains it: the embedding one alone is too wide.
        inner = [IPv4Address(int(ip) >> shift & 0xFFFF_FFFF) for network, shift in _EMBEDDING if ip in network]
        found = [ip_network(ip) for one in inner if any(one in special for special in _SPECIAL)]
    return found


def _inside(network: Network, special: Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(special, IPv4Network) and network.subnet_of(special)
    return isinstance(special, IPv6Network) and network.subnet_of(special)


def _rule(entry: str) -> Rule:
    match = _ENTRY.fullmatch(entry)
    if match is None or not match["host"]:
        raise BadRule(f"{entry!r} is not a host, network or host:port; put IPv6 in brackets")
    low, high = _ports(entry, match["low"], match["high"])
    network = _network(entry, match["host"])
    if network is not None:
        return Rule(network, "", low, high)
    name = match["host"]
    plain_name = host_name(name.removeprefix("*."))
    if plain_name is None or name.rpartition(".")[2].isdigit():
        raise BadRule(f"{entry!r} does not name a valid host")
    return Rule(None, "*." + plain_name if name.startswith("*.") else plain_name, low, high)


def _ports(entry: str, low: str | None, high: str | None) -> tuple[int, int]:
    if low is None:
        return 1, MAX_PORT
    first, last = int(low), int(high or low)
    if not 1 <= first <= last <= MAX_PORT:
        raise BadRule(f"{entry!r} does not name valid ports")
    return first, last


def _network(entry: str, host: str) -> Network | None:
    """None for a name. Raises BadRule for an invalid network."""
    bracketed = host.startswith("[")
    text = host[1:-1] if bracketed else host
    if not bracketed and "/" not in text and not re.fullmatch(r"[0-9.]+", text):
        return None
    try:
        network = ip_network(text)
    except ValueError as error:
        raise BadRule(f"{entry!r}: {error}") from error
    if isinstance(network, IPv6Network):
        if not bracketed or "%" in text:
            raise BadRule(f"{entry!r} is not a host, network or host:port; put IPv6 in brackets")
        return _unmapped(network)
    if bracketed:
        raise BadRule(f"{entry!r}: only IPv6 may be in brackets")
    return network


def _unmapped(network: IPv6Network) -> Network:
    """A network of IPv4-mapped addresses becomes the IPv4 network that it means."""
    inner = network.network_address.ipv4_mapped
    return IPv4Network((inner, network.prefixlen - 96)) if inner is not None and network.prefixlen >= 96 else network


def ip_of(text: str) -> IPAddress | None:
    """An IP address from its text, without brackets or zone; None for anything else."""
    try:
        return plain(ip_address(text)) if "%" not in text else None
    except ValueError:
        return None
