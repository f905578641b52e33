"""How much of everything is allowed of locks: what a person may type, and what a page may ask for."""

MAX_SLUG = 50
MAX_NAME = 100  # of a source
MAX_REASON = 200
MAX_BREAK_KEY = 100  # what makes asking twice the same as asking once
MAX_SHOWN_KEY = 32_768  # of a lock's key as JSON: the longest that is read, every letter of it escaped
MAX_STAGE_KEY = 100  # the same, of what is asked of the stage
MAX_QUERY = 200  # letters to search for
MAX_CLIENT = 100
MAX_PATTERN = 200
MAX_LIMIT = 200  # rows of an answer
MAX_OFFSET = 100_000
MAX_WHY = 500  # of a server's own words; the rest is cut off
MAX_HOLDER = 200  # of what a leader calls itself; the rest is cut off
MAX_ALERTS = 200  # open ones that the state of a source lists
