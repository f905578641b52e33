"""How the settings read the environment. A value that makes no sense stops with a message that names it."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from servers.guard import rules

# The kernel's room for the path of a socket is 108 bytes on Linux and 104 on macOS, the final zero included.
SOCKET_PATH_BYTES = 103
MAX_PORT = 65_535


def names(variable: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()]


def whole(variable: str, default: int, *, maximum: int) -> int:
    """A whole number from 0 to `maximum`; an empty variable is the default."""
    text = os.environ.get(variable, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and int(text) <= maximum):
        raise ImproperlyConfigured(f"{variable} must be a whole number from 0 to {maximum}, not {text!r}")
    return int(text)


def targets(variable: str) -> tuple[rules.Rule, ...]:
    """What may be connected to, as `servers.guard.rules` reads it; nothing by default."""
    try:
        return rules.parse(names(variable))
    except rules.BadRule as error:
        raise ImproperlyConfigured(f"{variable}: {error}") from error


def data_dir(default: Path) -> Path:
    """Where everything that lasts is kept; made on first use, open to its owner only."""
    path = Path(os.environ.get("DATA_DIR") or default).resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(directory: Path) -> str:
    """The key of the environment, else one made once and kept, readable by its owner only, beside the data."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = directory / "secret-key"
    if not path.exists():
        # Written whole under another name first: a second process never reads half a key.
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
    """The database of DATABASE_URL, else a SQLite file beside the data."""
    if "DATABASE_URL" in os.environ:
        found: dict[str, Any] = dict(dj_database_url.config(conn_max_age=600))
    else:
        # Not by way of an URL: a folder's name may hold any character.
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
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            }
        )
    return found


def hint_socket(directory: Path) -> Path:
    """The socket of the embedded Valkey: beside the data, or in a private folder where its path were too long."""
    beside = directory / "valkey.sock"
    if len(os.fsencode(beside)) <= SOCKET_PATH_BYTES:
        return beside
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"ringviz-{os.getuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    owner = private.stat()
    if owner.st_uid != os.getuid() or owner.st_mode & 0o077:
        raise ImproperlyConfigured(f"{private} belongs to somebody else; choose a DATA_DIR with a shorter path")
    return private / "valkey.sock"


def hint_url(directory: Path) -> str:
    """The Redis or Valkey of REDIS_URL, else the embedded one."""
    return os.environ.get("REDIS_URL") or f"unix://{quote(str(hint_socket(directory)))}"
