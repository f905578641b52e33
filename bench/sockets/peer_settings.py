"""The project's settings with a channel layer, for the peer only. BENCH_LAYER names its class.

The settings are the best for the peer: redis-py's socket timeout and limit on connections would make it fail, and the
usual capacity of 100 messages per channel would make it drop messages.
"""

import os

from dashboard.settings import *  # noqa: F403
from dashboard.settings import REDIS_URL

_HOST = {"address": REDIS_URL, "socket_timeout": None, "max_connections": 10_000}
_CONFIG = {"hosts": [_HOST], "capacity": 10_000}
CHANNEL_LAYERS = {"default": {"BACKEND": os.environ["BENCH_LAYER"], "CONFIG": _CONFIG}}
