"""A database that does not answer: logged once, retried with growing pauses, and logged again when it is back."""

import logging

from django.db import Error, InterfaceError, OperationalError, ProgrammingError, connections

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0


# Messages of SQLite and PostgreSQL if the database or our tables do not exist.
_MISSING = ("no such table", "no such column", "unable to open database file", "does not exist")


def is_missing(error: BaseException | None) -> bool:
    """Whether the database or our tables do not exist, so that waiting is pointless."""
    return isinstance(error, ProgrammingError | OperationalError) and any(said in str(error) for said in _MISSING)


def is_silent(error: BaseException | None) -> bool:
    """Whether the database did not answer or is locked, so that a retry may succeed."""
    return isinstance(error, OperationalError | InterfaceError) and not is_missing(error)


# Their messages if the database cannot be written.
_FULL = ("disk is full", "no space left", "readonly database", "read-only")


def is_full(error: BaseException | None) -> bool:
    """Whether the database answers but cannot write."""
    return isinstance(error, OperationalError) and any(said in str(error).lower() for said in _FULL)


class Outage:
    """The database's state for one loop that never gives up.

    For the log, `who` names the loop and `meanwhile` says what works or waits until then.
    """

    def __init__(self, who: str, meanwhile: str) -> None:
        self._who, self._meanwhile = who, meanwhile
        self._pause_s = 0.0

    def failed(self, error: Error) -> float:
        """Records that the database did not answer. Returns the seconds until the next try, 0.25 to 2.

        Closes this thread's connections, so that the next query opens new ones.
        """
        connections.close_all()
        if not self._pause_s:
            reason = " ".join(str(error).split())
            logger.warning("%s: the database does not answer; %s (%s)", self._who, self._meanwhile, reason)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S) or FIRST_PAUSE_S
        return self._pause_s

    def answered(self) -> None:
        """Records that the database answered."""
        if self._pause_s:
            logger.warning("%s: the database is back", self._who)
        self._pause_s = 0.0
