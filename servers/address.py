"""Where a server listens."""

from __future__ import annotations

from typing import Final, NamedTuple

MAX_PORT: Final = 65_535


class Address(NamedTuple):
    """Where a server listens for clients. As text: `127.0.0.1:6379`, `[::1]:6379`.

    `host` is an IP address or a name, and empty if a server does not know its own.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parses an address; IPv6 with brackets or, as CLUSTER NODES writes it, without. Raises ValueError."""
        host, colon, port = text.rpartition(":")
        if not colon or not port.isascii() or not port.isdecimal() or int(port) > MAX_PORT:
            raise ValueError(f"not host:port: {text!r}")
        return cls(host.removeprefix("[").removesuffix("]"), int(port))

    def seen_from(self, asked: Address) -> Address:
        """This address; if its host is empty, this port on the host of the server that reported it."""
        return self if self.host else Address(asked.host, self.port)
