"""Limits for locks: what a person may type, and what a page may ask for."""

MAX_SLUG = 50
MAX_NAME = 100  # of a source
MAX_REASON = 200
MAX_BREAK_KEY = 100  # a request sent twice with the same key runs once
MAX_SHOWN_KEY = 32_768  # of a lock's key as JSON: the longest key that is read, with every letter escaped
MAX_STAGE_KEY = 100  # the same, for requests to the stage
MAX_QUERY = 200  # letters to search for
MAX_CLIENT = 100
MAX_PATTERN = 200
MAX_LIMIT = 200  # rows of an answer
MAX_OFFSET = 100_000
MAX_WHY = 500  # letters of a server's own message; the rest is cut off
MAX_HOLDER = 200  # letters of the name that a leader gives itself; the rest is cut off
MAX_ALERTS = 200  # open alerts listed in the state of a source
