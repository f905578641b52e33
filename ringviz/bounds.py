"""How much of everything is allowed: what a person may type, and what a page and a database can bear."""

MAX_NODES = 10_000
MAX_TOKENS = 2_000_000  # of all nodes of a cluster
MAX_VNODES = 1_000
MAX_COPIES = 8
MAX_WEIGHT = 100.0
MAX_NAME = 100
MAX_SLUG = 50
MAX_ADDRESS = 200
MAX_KEYS = 10_000_000
MAX_KEY_BYTES = 1_024
MAX_KEY_FILE_GIB = 4  # unpacked
MAX_PATTERN = 200
MAX_PAIRS = 256  # of nodes, told with a movement
MAX_RANGES = 8_192  # of the hash space, told with a movement
MAX_INTENT_KEY = 100
MAX_OPEN_WORK = 16  # intents of a cluster that wait or run
MAX_SERVED_NODES = 64  # of a managed cluster
LEAST_MEMORY = 8 * 2**20  # bytes of a server
MOST_MEMORY = 2**30
MAX_RATE = 20_000  # operations a second of a workload
