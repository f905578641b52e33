"""The recognised clients, one declaration each, the more specific first.

To add a client, add a declaration in one of these files, a line in CLIENTS, and a capture in tests/locks/formats/.
"""

from __future__ import annotations

from locks.core.clients.blocking import BLOCKING
from locks.core.clients.byname import BY_NAME
from locks.core.clients.declared import Client
from locks.core.clients.dotnet import DOTNET
from locks.core.clients.jobs import JOBS
from locks.core.clients.jvm import SHEDLOCK
from locks.core.clients.others import OTHERS
from locks.core.clients.ours import OURS
from locks.core.clients.redis_py import REDIS_PY
from locks.core.clients.redisson import REDISSON
from locks.core.clients.small import SMALL
from locks.core.clients.uuids import UUIDS

CLIENTS: tuple[Client, ...] = (
    *(OURS, BLOCKING, JOBS, SHEDLOCK, REDISSON, REDIS_PY, DOTNET, OTHERS, SMALL, UUIDS, BY_NAME),
)
