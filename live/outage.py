"""A database that does not answer: said once, asked again with growing pauses, and said once more when it is back."""

import logging

from django.db import Error, InterfaceError, OperationalError, ProgrammingError, connections

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0


# As SQLite and PostgreSQL say that there is no database, or none of ours.
_MISSING = ("no such table", "no such column", "unable to open database file", "does not exist")


def is_missing(error: BaseException | None) -> bool:
    """Whether there is no database, or one without our tables: then waiting is in vain."""
    return isinstance(error, ProgrammingError | OperationalError) and any(said in str(error) for said in _MISSING)


def is_silent(error: BaseException | None) -> bool:
    """Whether the database did not answer, or is held by somebody: later it may well."""
    return isinstance(error, OperationalError | InterfaceError) and not is_missing(error)


# As they say that nothing can be written where the database is.
_FULL = ("disk is full", "no space left", "readonly database", "read-only")


def is_full(error: BaseException | None) -> bool:
    """Whether the database answers, and cannot write what it is told."""
    return isinstance(error, OperationalError) and any(said in str(error).lower() for said in _FULL)


class Outage:
    """What one loop of one thread, which goes on whatever happens, knows of its database.

    `who` goes on, and `meanwhile` is what it does or cannot do until then: both for the log.
    """

    def __init__(self, who: str, meanwhile: str) -> None:
        self._who, self._meanwhile = who, meanwhile
        self._pause_s = 0.0

    def failed(self, error: Error) -> float:
        """The database did not answer. Returns how many seconds to wait before it is asked again: 0.25 to 2.

        The connections of this thread are closed, so that the next question makes new ones.
        """
        connections.close_all()
        if not self._pause_s:
            reason = " ".join(str(error).split())
            logger.warning("%s: the database does not answer; %s (%s)", self._who, self._meanwhile, reason)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S) or FIRST_PAUSE_S
        return self._pause_s

    def answered(self) -> None:
        """It did."""
        if self._pause_s:
            logger.warning("%s: the database is back", self._who)
        self._pause_s = 0.0
