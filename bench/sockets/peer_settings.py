"""The project's settings with a channel layer, for the peer only. BENCH_LAYER names its class.

As good as it gets: redis-py's socket timeout and its bound of connections would make the peer fail, and the usual
capacity of 100 messages a channel would make it drop.
"""

import os

from dashboard.settings import *  # noqa: F403
from dashboard.settings import REDIS_URL

_HOST = {"address": REDIS_URL, "socket_timeout": None, "max_connections": 10_000}
_CONFIG = {"hosts": [_HOST], "capacity": 10_000}
CHANNEL_LAYERS = {"default": {"BACKEND": os.environ["BENCH_LAYER"], "CONFIG": _CONFIG}}
