"""How the settings read the environment.

An invalid value stops with one line that names the variable and says what to do. No line shows a password.
"""

import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from dashboard.visitors import address
from fleet.sockets import NotPrivate, socket_path
from locks.core import sourcelist
from servers.guard import rules

MAX_PORT = 65_535
BAD_SETTING = 2  # exit status
LOCK_WITHIN_S = 5  # after this, waiting for the database fails with a message

_ENGINES = ("django.db.backends.postgresql", "django.db.backends.sqlite3")
_DATABASES = "Write postgresql://USER@HOST/NAME or sqlite:///FILE, or unset it to use SQLite in DATA_DIR."
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_HOST = re.compile(r"[^\s/:\[\]]+|\[[^\s/\[\]]+\]")
_COOKIE_PREFIX = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PATH_PREFIX = re.compile(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
_PATH_PREFIX_MAX = 200


@contextmanager
def mistakes_told() -> Iterator[None]:
    """Ends the process with one line and exit status 2 if the settings are wrong."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.stderr.write(f"error: {' '.join(str(error).split())}\n")
        sys.exit(BAD_SETTING)


def names(variable: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()]


def whole(variable: str, default: int, *, minimum: int = 0, maximum: int) -> int:
    """A whole number from `minimum` to `maximum`; an empty variable means the default."""
    text = os.environ.get(variable, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and minimum <= int(text) <= maximum):
        raise ImproperlyConfigured(f"{variable} must be a whole number from {minimum} to {maximum}, not {text!r}")
    return int(text)


def flag(variable: str, *, default: bool = False) -> bool:
    """1 or 0; an empty variable means the default."""
    text = os.environ.get(variable, "").strip() or str(int(default))
    if text not in {"0", "1"}:
        raise ImproperlyConfigured(f"{variable} is {text!r}. Write {variable}=1 for yes, 0 for no.")
    return text == "1"


def log_level(variable: str) -> str:
    """The name of a level in Python's logging; WARNING if the variable is empty."""
    text = os.environ.get(variable, "").strip() or "WARNING"
    if text.upper() not in _LEVELS:
        raise ImproperlyConfigured(f"{variable} is {text!r}. Write one of {', '.join(_LEVELS)}.")
    return text.upper()


def time_zone(variable: str) -> str:
    """The name of a time zone; UTC if the variable is empty."""
    text = os.environ.get(variable, "").strip() or "UTC"
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ImproperlyConfigured(
            f"{variable} is {text!r}. Write the name of a time zone, for example Europe/Berlin."
        ) from None
    return text


def hosts(variable: str, default: str) -> list[str]:
    """Host names that the site answers to, without scheme and port."""
    for name in (found := names(variable, default)):
        if not _HOST.fullmatch(name):
            raise ImproperlyConfigured(
                f"{variable}: {name!r} is not a host name. Write only names, for example rings.example."
            )
    return found


def origins(variable: str) -> list[str]:
    """Origins, each with its scheme."""
    for origin in (found := names(variable)):
        scheme, _, host = origin.partition("://")
        if scheme not in {"http", "https"} or not host or "/" in host:
            raise ImproperlyConfigured(f"{variable}: {origin!r} is not an origin. Write it like https://rings.example.")
    return found


def path_prefix(variable: str) -> str:
    """The path under which the site is reached, with a slash at both ends; "/" if the variable is empty."""
    text = os.environ.get(variable, "").strip()
    path = f"/{text.strip('/')}/" if text.strip("/") else "/"
    if len(path) > _PATH_PREFIX_MAX or not _PATH_PREFIX.fullmatch(path):
        raise ImproperlyConfigured(
            f"{variable} is {text!r}. Write a path of letters, digits, - . _ or ~, for example /tools/ring/."
        )
    return path


def cookie_prefix(variable: str, path: str = "/") -> str:
    """The prefix of our cookies' names, the same for all web processes of one site.

    By default it is made from the site's path: a browser sends the cookies of `/` to the sites below it too.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        return "_".join(["ringviz", *re.findall(r"[A-Za-z0-9]+", path)])
    if not _COOKIE_PREFIX.fullmatch(text):
        raise ImproperlyConfigured(f"{variable} is {text!r}. Write 1 to 64 letters, digits, - or _.")
    return text


def proxies(variable: str) -> address.Proxies:
    """The proxies in front of us, as `dashboard.visitors.address` parses them; none by default."""
    try:
        return address.parse(names(variable))
    except address.BadProxy as error:
        raise ImproperlyConfigured(f"{variable}: {error}") from None


def targets(variable: str) -> tuple[rules.Rule, ...]:
    """Where we may connect to, as `servers.guard.rules` parses it; nowhere by default."""
    try:
        return rules.parse(names(variable))
    except rules.BadRule as error:
        raise ImproperlyConfigured(f"{variable}: {error}") from error


def lock_sources(variable: str) -> tuple[sourcelist.SourceConfig, ...]:
    """The watched servers besides our own, as `locks.core.sourcelist` parses them."""
    try:
        return sourcelist.parse(os.environ.get(variable, ""), os.environ.get)
    except sourcelist.BadSource as error:
        raise ImproperlyConfigured(f"{variable}: {error}") from None


def data_dir(default: Path) -> Path:
    """Where all lasting data is kept; created on first use, open only to its owner."""
    path = Path(os.environ.get("DATA_DIR") or default).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        text = f"DATA_DIR: {str(path)!r} cannot be used ({error.strerror}). Choose a folder that can be written."
        raise ImproperlyConfigured(text) from None
    return path


def secret_key(directory: Path) -> str:
    """The key from the environment; otherwise one that is created once and stored, readable by its owner."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = directory / "secret-key"
    if not path.exists():
        # Written in full under another name first, so that a second process never reads half a key.
        draft = path.with_name(f"secret-key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def database(directory: Path) -> dict[str, Any]:
    """The database of DATABASE_URL; otherwise a SQLite file in DATA_DIR."""
    if "DATABASE_URL" in os.environ:
        found = _given_database(os.environ["DATABASE_URL"].strip())
    else:
        # Not through a URL: a folder's name may contain any character.
        found = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(directory / "ringviz.sqlite3"),
            "CONN_MAX_AGE": 600,
            "TEST": {"NAME": str(directory / "test.sqlite3")},
        }
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # Writers queue at BEGIN instead of failing at their first write; readers never wait (docs/architecture.md).
        found.setdefault("OPTIONS", {}).update(
            {
                "transaction_mode": "IMMEDIATE",
                "timeout": LOCK_WITHIN_S,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            }
        )
    else:
        found.setdefault("OPTIONS", {}).setdefault("connect_timeout", LOCK_WITHIN_S)
    return found


def _given_database(url: str) -> dict[str, Any]:
    if not url:
        raise ImproperlyConfigured(f"DATABASE_URL is empty. {_DATABASES}")
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600))
    except dj_database_url.UnknownSchemeError:
        found = {"ENGINE": ""}
    except ValueError:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read; percent-encode its parts. {_DATABASES}") from None
    if found["ENGINE"] not in _ENGINES:
        scheme = urlsplit(url).scheme
        raise ImproperlyConfigured(f"DATABASE_URL names an unknown kind of database ({scheme!r}). {_DATABASES}")
    if not found["NAME"]:
        raise ImproperlyConfigured(f"DATABASE_URL does not name a database. {_DATABASES}")
    return found


def hint_socket(directory: Path) -> Path:
    """The socket of the embedded Valkey: beside the data, or in a private folder if its path would be too long."""
    try:
        return socket_path(directory, "valkey.sock")
    except NotPrivate as error:
        raise ImproperlyConfigured(f"{error}; choose a DATA_DIR with a shorter path") from error


def hint_url(directory: Path) -> str:
    """The Redis or Valkey of REDIS_URL; otherwise the embedded one."""
    given = os.environ.get("REDIS_URL", "").strip()
    if not given:
        return f"unix://{quote(str(hint_socket(directory)))}"
    from redis.connection import parse_url as parse_redis_url

    try:
        if sourcelist.parse_url(given, strict=False).topology != "server":
            raise sourcelist.BadSource("a Cluster or Sentinels cannot carry hints")
        parse_redis_url(given)  # type: ignore[no-untyped-call]  # the options of the client
    except ValueError as error:
        reason = error if isinstance(error, sourcelist.BadSource) else "its options cannot be read"
        text = f"REDIS_URL: {reason}. Write redis://HOST:6379/0, or unset it to use the embedded Valkey."
        raise ImproperlyConfigured(text) from None
    return given
