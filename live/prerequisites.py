"""Checks before a long-running process starts, so that mistakes are reported at once."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError
from redis.retry import Retry

from live.channel import redis_url

_TIMEOUT_S = 2.0
_REFUSALS = ("NOAUTH", "WRONGPASS", "NOPERM")


def check_database() -> None:
    """Raises ImproperlyConfigured if the database does not answer or lacks this version's tables."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        text = _("The database cannot be used (%(reason)s). Start it, or correct DATABASE_URL.")
        raise ImproperlyConfigured(text % {"reason": error}) from error
    finally:
        connection.close()
    if missing:
        raise ImproperlyConfigured(_("The database is not prepared for this version. Run: python manage.py migrate"))


def check_hint_server() -> None:
    """Raises ImproperlyConfigured if the server in REDIS_URL refuses the login. If it does not answer, it may still
    start.
    """
    if not (url := redis_url()):
        return
    retry = Retry(NoBackoff(), 0)
    client = Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S, retry=retry)
    try:
        client.ping()
    except (RedisError, OSError) as error:
        if isinstance(error, AuthenticationError | AuthorizationError) or str(error).startswith(_REFUSALS):
            text = _("The server of REDIS_URL refuses the user or password (%(reason)s). Correct REDIS_URL.")
            raise ImproperlyConfigured(text % {"reason": error}) from error
    finally:
        client.close()
