"""Installations come and go: one for a test alone, or one for many tests, each with a cluster of its own in it.

A supervisor takes seconds to start, and a cluster can be made and deleted: so the fixture `real` keeps an installation.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests import started
from tests.own_database import connected, made_database
from tests.supervised import GRACE_S, Installation


@contextmanager
def premises(
    *, covered: bool = True, database: Callable[[Path], AbstractContextManager[str]] = made_database
) -> Iterator[Installation]:
    """An installation without a cluster; its supervisor runs in the environment of this moment.

    `covered` tells whether the supervisor's coverage counts, where that is measured at all; `database` gives a URL.
    """
    with started.folder() as folder, started.valkey() as valkey, database(folder) as url:
        ours = Installation(folder, valkey, url, covered)
        ours.supervise()
        try:
            yield ours
        finally:
            if ours.supervisor is not None:
                ours.supervisor.end(GRACE_S)


@contextmanager
def opened(ours: Installation, django_db_blocker: Any, settings: Any) -> Iterator[None]:
    """This process works on the installation's data."""
    settings.DATA_DIR = ours.folder
    settings.REDIS_URL = ours.valkey.url
    with django_db_blocker.unblock(), connected(ours.database_url):
        try:
            yield
        finally:
            if "PYTEST_CURRENT_TEST" in os.environ:
                sys.stderr.write(ours.log()[-8_000:])  # pytest shows it where a test failed


@contextmanager
def installation(django_db_blocker: Any, settings: Any, **options: Any) -> Iterator[Installation]:
    """An installation whose cluster `real` is formed and filled. `options` are those of `form`."""
    with django_db_blocker.unblock(), premises() as ours, opened(ours, django_db_blocker, settings):
        ours.form(**options)
        yield ours


class Kept:
    """The installation that the last test left, for the next one."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._ours: Installation | None = None
        self._environment: dict[str, str] = {}

    def take(self, *, covered: bool) -> Installation:
        """It, or a new one where it was not left well, or was started with other variables or to be measured or not."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        ours, self._ours = self._ours, None
        if ours is None or (ours.covered, self._environment) != (covered, environment):
            self.end()
            ours, self._environment = self._stack.enter_context(premises(covered=covered)), environment
        return ours

    def leave(self, ours: Installation) -> None:
        """After a test, whose cluster is deleted. What that does not work on is not used again."""
        if ours.clear():
            self._ours = ours

    def end(self) -> None:
        self._ours = None
        self._stack.close()
