"""The server of an application whose locks are watched."""

from tests.locks.watched import open_source, source, theirs, watched_server

__all__ = ["open_source", "source", "theirs", "watched_server"]
