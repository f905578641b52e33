"""LOCK_SOURCES: the servers whose locks are watched, and how to reach them. Pure; no message shows a password.

    LOCK_SOURCES="jobs=rediss://watch:secret@host:6379/0?break=LOCK_BREAK_JOBS, shop=redis+cluster://10.0.0.1:7000"

Entries are separated by white space, or by a comma before the next `NAME=SCHEME://`; other commas are part of an
address.

| address | server |
| --- | --- |
| `redis://[USER[:PASSWORD]@]HOST[:PORT][/DB]`, `rediss://...` | one server; `rediss` is TLS |
| `unix://[USER[:PASSWORD]@]/path/to.sock[?db=DB]` | one server, by its Unix socket |
| `redis+cluster://HOST:PORT[,HOST:PORT...]`, `rediss+cluster://...` | a Cluster: any of its nodes |
| `redis+sentinel://HOST[:26379][,...]/SERVICE[/DB]`, `rediss+sentinel://...` | the primary that these Sentinels name |

Options after `?`: `break`, the variable with a second address, used for breaks only; `timeout` in seconds;
`ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`, `ssl_check_hostname` as in redis-py; `sentinel_auth=yes`, to use the same
user for the Sentinels; `db`. User names, passwords and paths are percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

EMBEDDED = "embedded"
MOST_SOURCES = 32
MOST_URL_CHARACTERS = 2_048
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
DEFAULT_TIMEOUT_S = 2.0
MOST_TIMEOUT_S = 30.0
SERVER_PORT = 6379
SENTINEL_PORT = 26379

Topology = Literal["server", "cluster", "sentinel"]
_SCHEMES: Mapping[str, tuple[Topology, bool]] = {
    "redis": ("server", False),
    "rediss": ("server", True),
    "unix": ("server", False),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
}
_TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
_OPTIONS = (*_TLS_OPTIONS, "break", "timeout", "db", "sentinel_auth")
_NEXT_ENTRY = re.compile(r"\s*,\s*(?=[^\s,=/?#@:]*=[a-z+]+://)|\s+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class BadSource(ValueError):
    """An entry or address that is not valid. The message contains no part of the address that could be a secret."""


@dataclass(frozen=True)
class Target:
    """The address of a source and how to log in. `hosts` are as typed: one for a server, none for a Unix socket."""

    topology: Topology
    hosts: tuple[tuple[str, int], ...] = ()
    path: str = ""
    service: str = ""
    db: int = 0
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    tls_options: tuple[tuple[str, str | bool], ...] = ()
    sentinel_auth: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S
    break_variable: str = ""

    def __str__(self) -> str:
        """For people: without user and password."""
        where = ", ".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return self.path or (f"{self.service} by {where}" if self.service else where)


@dataclass(frozen=True)
class SourceConfig:
    """A source as configured.

    `slug` is its name in addresses. The addresses contain passwords, so repr leaves them out.
    """

    slug: str
    name: str
    url: str = field(repr=False)
    break_url: str | None = field(default=None, repr=False)

    @property
    def target(self) -> Target:
        """Where it is. Raises BadSource."""
        return parse_url(self.url, strict=self.slug != EMBEDDED)

    @property
    def breakable(self) -> bool:
        """Whether its entry lets operators break its locks."""
        return self.break_url is not None

    def for_breaking(self) -> SourceConfig:
        """The same source with the user that may break. Raises BadSource if there is none."""
        if self.break_url is None:
            raise BadSource(f"{self.name} has no break=VARIABLE in its entry")
        return replace(self, url=self.break_url, break_url=None)


def embedded(url: str) -> SourceConfig:
    """Our own server, always the first source. Its locks can be broken."""
    return SourceConfig(EMBEDDED, EMBEDDED, url, url)


def parse(text: str, read_variable: Callable[[str], str | None]) -> tuple[SourceConfig, ...]:
    """The sources in `text`, in order. `read_variable` reads the variables that `break` names.

    Raises BadSource, which names the entry by number and name.
    """
    entries = [entry for entry in _NEXT_ENTRY.split(text.strip()) if entry.strip(",")]
    if len(entries) > MOST_SOURCES:
        raise BadSource(f"{len(entries)} entries; at most {MOST_SOURCES} are allowed")
    found: dict[str, SourceConfig] = {}
    for number, entry in enumerate(entries, 1):
        config = _entry(number, entry.strip(","), read_variable)
        if config.slug in found:
            raise BadSource(f"entry {number}: {config.slug} appears twice")
        found[config.slug] = config
    return tuple(found.values())


def _entry(number: int, entry: str, read_variable: Callable[[str], str | None]) -> SourceConfig:
    name, equals, url = entry.partition("=")
    if not equals or "/" in name or "@" in name:
        raise BadSource(f"entry {number} is not NAME=URL")
    if not NAME.fullmatch(name) or name == EMBEDDED:
        why = "is our own server" if name == EMBEDDED else "is not a valid name: use 1 to 32 of a-z, 0-9, - and _"
        raise BadSource(f"entry {number}: {name[:40]!r} {why}")
    label = f"entry {number} ({name})"
    try:
        variable = parse_url(url).break_variable
    except BadSource as error:
        raise BadSource(f"{label}: {error}") from None
    if not variable:
        return SourceConfig(name, name, url)
    break_url = (read_variable(variable) or "").strip()
    if not break_url:
        raise BadSource(f"{label}: break names {variable}, which is not set")
    try:
        parse_url(break_url)
    except BadSource as error:
        raise BadSource(f"{label}: {variable}: {error}") from None
    return SourceConfig(name, name, url, break_url)


def parse_url(url: str, *, strict: bool = True) -> Target:
    """Where an address leads. With `strict` False, unknown options are ignored (REDIS_URL may have more).

    Raises BadSource.
    """
    if len(url) > MOST_URL_CHARACTERS:
        raise BadSource(f"the address has more than {MOST_URL_CHARACTERS} characters")
    scheme, _, _rest = url.partition("://")
    if scheme not in _SCHEMES:
        raise BadSource(f"the address must begin with one of {', '.join(f'{known}://' for known in _SCHEMES)}")
    topology, tls = _SCHEMES[scheme]
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise BadSource("the address cannot be read; percent-encode its special characters") from None
    if parts.fragment or "#" in url:
        raise BadSource("the address contains a #; write %23 instead")
    if strict and (unknown := sorted(set(options) - set(_OPTIONS))):
        raise BadSource(f"unknown options: {len(unknown)}; known options are {', '.join(_OPTIONS)}")
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    target = Target(
        topology,
        username=unquote(username) or None,
        password=unquote(password) or (options.get("password") if not strict else None),
        tls=tls,
        tls_options=tuple(_tls_options(options)),
        sentinel_auth=_yes_no(options, "sentinel_auth") or False,
        timeout_s=_timeout(options),
        break_variable=_variable(options),
    )
    if scheme == "unix":
        return replace(target, path=_path(hosts + parts.path), db=_db(options.get("db") or "0"))
    default_port = SENTINEL_PORT if topology == "sentinel" else SERVER_PORT
    target = replace(target, hosts=tuple(_hosts(hosts, default_port)))
    if topology == "server" and len(target.hosts) > 1:
        raise BadSource("several hosts: write redis+cluster:// for a Cluster, redis+sentinel:// for Sentinels")
    path = [unquote(part) for part in parts.path.strip("/").split("/") if part]
    if topology == "sentinel":
        if not path:
            raise BadSource("the address of Sentinels must end with /SERVICE")
        target, path = replace(target, service=path[0]), path[1:]
    if len(path) > 1:
        raise BadSource("the address has too many parts; its path must be the number of a database")
    db = _db(path[0] if path else options.get("db") or "0")
    if topology == "cluster" and db:
        raise BadSource("a Cluster has only database 0")
    return replace(target, db=db)


def _hosts(text: str, default_port: int) -> Iterator[tuple[str, int]]:
    for part in text.split(",") if text else ["localhost"]:
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.%a-z]+\]|[^\s:\[\]]+)(?::(\d{1,5}))?", part)
        if not found or not 0 < int(found[2] or default_port) < 65_536:
            raise BadSource("a host must be HOST, HOST:PORT or [IPv6]:PORT, with a port from 1 to 65535")
        yield found[1].strip("[]"), int(found[2] or default_port)


def _db(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadSource("the database must be a whole number")
    return int(text)


def _path(text: str) -> str:
    path = unquote(text)
    if not path.startswith("/"):
        raise BadSource("the path of a Unix socket must begin with /: unix:///run/redis.sock")
    return path


def _timeout(options: Mapping[str, str]) -> float:
    text = options.get("timeout")
    if text is None:
        return DEFAULT_TIMEOUT_S
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or not 0.05 <= float(text) <= MOST_TIMEOUT_S:
        raise BadSource(f"timeout must be a number of seconds from 0.05 to {MOST_TIMEOUT_S:.0f}")
    return float(text)


def _variable(options: Mapping[str, str]) -> str:
    text = options.get("break", "")
    if "break" in options and not _VARIABLE.fullmatch(text):
        raise BadSource("break must name an environment variable")
    return text


def _yes_no(options: Mapping[str, str], name: str) -> bool | None:
    if name not in options:
        return None
    if (text := options[name].lower()) not in _YES_NO:
        raise BadSource(f"{name} must be yes or no")
    return _YES_NO[text]


def _tls_options(options: Mapping[str, str]) -> Iterator[tuple[str, str | bool]]:
    for name in _TLS_OPTIONS:
        if name not in options:
            continue
        value = _yes_no(options, name) if name == "ssl_check_hostname" else options[name]
        if value is not None:
            yield name, value
