"""Limits: what a person may type, and what a page and a database can handle."""

MAX_NODES = 10_000
MAX_TOKENS = 2_000_000  # over all nodes of a cluster
MAX_VNODES = 1_000
MAX_COPIES = 8
MAX_COMPARED = 12  # strategies on one page
MAX_WEIGHT = 100.0
MAX_NAME = 100
MAX_LABEL = 200  # letters of a key set's label; the rest is cut off
MAX_SLUG = 50
MAX_ADDRESS = 200
MAX_KEYS = 10_000_000
MAX_KEY_BYTES = 1_024
MAX_KEY_FILE_GIB = 4  # unpacked
MAX_PATTERN = 200
MAX_PAIRS = 256  # pairs of nodes reported with a movement
MAX_RANGES = 8_192  # ranges of the hash space reported with a movement
MAX_STEPS = 1_000_000_000  # to place the keys of a cluster: seconds
MAX_OPTIONS_TEXT = 200  # letters of a strategy's parameters, as NAME=NUMBER
MAX_INTENT_KEY = 100
MAX_OPEN_WORK = 16  # open intents of a cluster
MAX_SERVED_NODES = 64  # of a managed cluster
MIB = 2**20
LEAST_MEMORY = 8 * MIB  # bytes per server
MOST_MEMORY = 1_024 * MIB
LEAST_RATE = 1  # operations a second of a workload
MAX_RATE = 20_000
MAX_PULSE_MS = 800  # of a short freeze: well within the two misses of a verdict
MAX_PULSE_EVERY_MS = 10_000
MAX_SLOW_EVERY_MS = 50  # freezes that come as often as this are felt as a low speed
SLOW_FOR_MS, SLOW_EVERY_MS = 10, 20  # half speed: the shortest period that the supervisor keeps on a busy machine
MAX_PULSE_PERCENT = 80  # of the time that a server is frozen: it has to answer in the rest
MAX_VERDICT_DELAY_MS = 60_000  # of a freeze that was asked for
MAX_REPLICAS = 1  # of a server
MAX_PASSWORD = 1_000
MAX_WHY = 500  # letters of why something failed; the rest is cut off
