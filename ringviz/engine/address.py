"""Where a server answers."""

from __future__ import annotations

from typing import NamedTuple


class Address(NamedTuple):
    """An IP address and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address that `str` wrote. Raises ValueError."""
        host, _colon, port = text.rpartition(":")
        return cls(host.strip("[]"), int(port))
