"""What a lock protects: a number that each entry reads, and writes back one higher."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Resource:
    """It accepts every write, unless fencing tokens come with it: then it keeps the highest and refuses lower ones.

    A read presents the token too. Otherwise a late holder could write between the read and the write of the current
    one, and its write would be overwritten.
    """

    value: int = 0
    highest: int = 0

    def read(self, fencing_token: int | None) -> int | None:
        """The number; None for a holder that others have overtaken."""
        return self.value if self._admits(fencing_token) else None

    def write(self, value: int, fencing_token: int | None) -> bool:
        """Writes, and returns whether it was accepted."""
        if not self._admits(fencing_token):
            return False
        self.value = value
        return True

    def _admits(self, fencing_token: int | None) -> bool:
        if fencing_token is None:
            return True
        if fencing_token < self.highest:
            return False
        self.highest = fencing_token
        return True
