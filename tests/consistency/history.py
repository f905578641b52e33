"""What a writer logs: one JSON line per operation, written when its outcome is known."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

Op = Literal["set", "delete", "read", "incr"]
Outcome = Literal["ok", "failed", "unknown"]
SET: Final = "set"
DELETE: Final = "delete"
READ: Final = "read"
INCR: Final = "incr"
OK: Final = "ok"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Record:
    """`start` and `end` in nanoseconds of the machine's monotonic clock, the same for all processes.

    `value` is what a SET wrote, a READ gave (None: no such key) or an INCR answered; None for a DELETE. Failed: it
    certainly was not done. Unknown: it may have been, or may be done yet.
    """

    writer: int
    op: Op
    key: str
    value: int | None
    start: int
    end: int
    outcome: Outcome

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def read_history(paths: Iterable[Path]) -> list[Record]:
    """All records of these files. An incomplete last line is an error: writers finish it before they end."""
    return [Record(**json.loads(line)) for path in paths for line in path.read_text().splitlines()]
