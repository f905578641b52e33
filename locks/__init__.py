"""Distributed locks: our own lock, and a watcher of every client's locks."""
