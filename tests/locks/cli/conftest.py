"""The server of an application whose locks are watched."""

from tests.locks.watched import theirs, watched_server

__all__ = ["theirs", "watched_server"]
