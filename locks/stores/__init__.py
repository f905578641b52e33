"""The watcher's data in our own Redis, and how to read it: tables of locks, statuses of sources, past holds."""
