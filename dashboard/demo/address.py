"""Where the demo listens, and which host names it answers to."""

import ipaddress
import os
import socket
from dataclasses import dataclass

from django.conf import settings

LOOPBACK = "127.0.0.1"
ANY = ("0.0.0.0", "::")  # noqa: S104 - recognised, and used only when asked for by name
# Reserved example addresses: connecting a datagram socket sends nothing, but reveals the address it would send from.
ELSEWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))


@dataclass(frozen=True, slots=True)
class Host:
    """The value of HOST=. `ignored` is one that is not an IP address: shells and conda set HOST for other purposes."""

    ip: str = LOOPBACK
    ignored: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether other machines can connect."""
        return not ipaddress.ip_address(self.ip).is_loopback

    @property
    def of_link(self) -> str:
        """The host in the link for the person at this machine."""
        return LOOPBACK if self.ip in ANY else self.ip

    def names(self) -> list[str]:
        """The host names that requests may use, in the format of Django's ALLOWED_HOSTS."""
        found = [LOOPBACK, "localhost"]
        if self.ip == "::1":
            found.append("[::1]")
        if self.is_open:
            hostname = socket.gethostname()
            own = own_addresses() if self.ip in ANY else [self.ip]
            found += [hostname, f"{hostname}.local", *map(bracketed, own)]
        found += [name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",") if name.strip()]
        return list(dict.fromkeys(found))

    def network_urls(self, port: int) -> list[str]:
        """Where other machines find the page."""
        if not self.is_open:
            return []
        return [url(ip, port) for ip in (own_addresses() if self.ip in ANY else [self.ip])]


def read_host(text: str) -> Host:
    """The host in the variable HOST; the loopback if it is empty."""
    if not text.strip():
        return Host()
    try:
        return Host(str(ipaddress.ip_address(text.strip())))
    except ValueError:
        return Host() if text.strip() == "localhost" else Host(ignored=text.strip())


def bracketed(ip: str) -> str:
    """The address as written in a URL."""
    return f"[{ip}]" if ":" in ip else ip


def url(ip: str, port: int) -> str:
    """The page's URL, with a slash at the end."""
    return f"http://{bracketed(ip)}:{port}{settings.PATH_PREFIX}"


def own_addresses() -> list[str]:
    """The addresses that this machine uses to reach others, as far as it can tell without sending anything."""
    found = []
    for elsewhere, family in ELSEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((elsewhere, 9))
            except OSError:
                continue  # no route
            found.append(str(probe.getsockname()[0]))
    return found
