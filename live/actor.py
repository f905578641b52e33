"""Who acts, and from where. Stored with every event, never sent to people who may only watch."""

from dataclasses import dataclass
from typing import Literal

Origin = Literal["page", "admin", "command line", "seed", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a program that asks for a change.

    `name` is what the log shows to operators (at most 150 characters are kept); `may_operate` is whether services let
    it change anything at all. Both are decided where the request arrives, never in a service.
    """

    name: str
    origin: Origin
    may_operate: bool
