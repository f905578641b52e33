"""The project's settings with a channel layer, for the peer only. BENCH_LAYER names its class."""

import os

from dashboard.settings import *  # noqa: F403
from dashboard.settings import REDIS_URL

CHANNEL_LAYERS = {"default": {"BACKEND": os.environ["BENCH_LAYER"], "CONFIG": {"hosts": [REDIS_URL]}}}
