"""LOCK_SOURCES: how it is parsed, and that no message shows a password."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locks.core.sourcelist import (
    DEFAULT_TIMEOUT_S,
    MOST_SOURCES,
    BadSource,
    SourceConfig,
    Target,
    embedded,
    parse,
    parse_url,
)

SECRET = "hunter2"
VARIABLES = {"LOCK_BREAK_JOBS": f"rediss://breaker:{SECRET}@host:6379/0", "EMPTY": "", "BAD": f"http://x:{SECRET}@h"}


def sources(text: str) -> dict[str, SourceConfig]:
    return {config.slug: config for config in parse(text, VARIABLES.get)}


def test_the_example_of_the_issue() -> None:
    (jobs,) = parse("jobs=rediss://watch:secret@host:6379/0?break=LOCK_BREAK_JOBS", VARIABLES.get)
    assert (jobs.slug, jobs.name, jobs.breakable) == ("jobs", "jobs", True)
    assert jobs.target == Target(
        "server",
        (("host", 6379),),
        username="watch",
        password="secret",
        tls=True,
        break_variable="LOCK_BREAK_JOBS",
    )
    breaking = jobs.for_breaking().target
    assert (breaking.username, breaking.password, breaking.tls) == ("breaker", SECRET, True)


@pytest.mark.parametrize("separator", [",", ", ", " ", "\n", " ,\t", ",,"])
def test_entries_stand_apart_by_white_space_or_commas(separator: str) -> None:
    found = sources(separator.join(["a=redis://h1", "b=redis+sentinel://s1,s2:1/main", "c=unix:///x.sock?db=2"]))
    assert list(found) == ["a", "b", "c"]
    assert found["b"].target.hosts == (("s1", 26379), ("s2", 1))
    assert found["c"].target == Target("server", path="/x.sock", db=2)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("redis://h", Target("server", (("h", 6379),))),
        ("redis://", Target("server", (("localhost", 6379),))),
        ("redis://:p%40ss%2Cword@[::1]:7000/3", Target("server", (("::1", 7000),), db=3, password="p@ss,word")),
        ("redis://h?db=4&timeout=0.5", Target("server", (("h", 6379),), db=4, timeout_s=0.5)),
        ("unix://me:pw@/run/a%20b.sock", Target("server", path="/run/a b.sock", username="me", password="pw")),
        ("redis+cluster://h1:7000,h2:7001", Target("cluster", (("h1", 7000), ("h2", 7001)))),
        (
            "rediss+cluster://u:p@h?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=no",
            Target(
                "cluster",
                (("h", 6379),),
                username="u",
                password="p",
                tls=True,
                tls_options=(("ssl_ca_certs", "/etc/ca.pem"), ("ssl_check_hostname", False)),
            ),
        ),
        (
            "redis+sentinel://u:p@s1,s2:5/main/2?sentinel_auth=yes",
            Target(
                "sentinel",
                (("s1", 26379), ("s2", 5)),
                service="main",
                db=2,
                username="u",
                password="p",
                sentinel_auth=True,
            ),
        ),
    ],
)
def test_addresses(url: str, target: Target) -> None:
    assert parse_url(url) == target
    assert target.timeout_s in (DEFAULT_TIMEOUT_S, 0.5)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("redis://u:hunter2@h", "entry 1 is not NAME=URL"),
        ("a=redis://h,hunter2=x", "host"),
        ("a=redis://h A=redis://:hunter2@h", "entry 2: 'A' is not a valid name"),
        ("embedded=redis://h", "is our own server"),
        ("a=redis://h a=redis://h", "a appears twice"),
        ("a=http://u:hunter2@h", "entry 1 (a): the address must begin with one of"),
        ("a=redis://u:hunter2@h:x", "port"),
        ("a=redis://u:hunter2@h:99999", "port"),
        ("a=redis://u:hunter2@h:0", "port"),
        ("a=redis://u:hunt/er2@h", "a host must be HOST"),
        ("a=redis://u:hunt#er2@h", "#"),
        ("a=redis://u:hunter2@h/x", "database"),
        ("a=redis://u:hunter2@h/0/1", "too many parts"),
        ("a=redis://u:hunter2@h1,h2", "several hosts"),
        ("a=redis://u:hunter2@h?password=hunter2", "unknown options"),
        ("a=redis://u:hunter2@h?hunter2", "cannot be read"),
        ("a=redis://u:hunter2@h?break=NOT_SET", "NOT_SET, which is not set"),
        ("a=redis://u:hunter2@h?break=EMPTY", "EMPTY, which is not set"),
        ("a=redis://u:hunter2@h?break=BAD", "BAD: the address must begin with one of"),
        ("a=redis://u:hunter2@h?break=", "break must name an environment variable"),
        ("a=redis://h?timeout=0", "timeout"),
        ("a=redis://h?timeout=nan", "timeout"),
        ("a=redis://h?timeout=1e9", "timeout"),
        ("a=redis://h?ssl_check_hostname=maybe", "yes or no"),
        ("a=redis+sentinel://u:hunter2@h", "/SERVICE"),
        ("a=redis+cluster://u:hunter2@h/1", "database 0"),
        ("a=unix://u:hunter2@relative.sock", "must begin with /"),
        ("a=redis://" + "h" * 3_000, "characters"),
        ("a=redis://u:hunter2 @h", "entry"),
        (" ".join(f"s{number}=redis://h" for number in range(MOST_SOURCES + 1)), "33 entries"),
    ],
)
def test_what_makes_no_sense_is_named_without_its_secret(text: str, because: str) -> None:
    with pytest.raises(BadSource) as refused:
        parse(text, VARIABLES.get)
    assert because in str(refused.value)
    assert SECRET not in str(refused.value)
    assert "hunt" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text, VARIABLES.get)
    except BadSource:
        return
    assert all(config.target.topology for config in found)


def test_nothing_shows_a_password() -> None:
    config = sources(f"a=redis://u:{SECRET}@h?break=LOCK_BREAK_JOBS")["a"]
    for shown in (repr(config), str(config), repr(config.target), str(config.target), repr([config.for_breaking()])):
        assert SECRET not in shown
    assert str(config.target) == "h:6379"
    assert pickle.loads(pickle.dumps(config)) == config


def test_our_own_server_may_have_options_of_redis_py() -> None:
    ours = embedded(f"redis://h:1/2?health_check_interval=5&password={SECRET}")
    assert (ours.slug, ours.breakable) == ("embedded", True)
    assert (ours.target.db, ours.target.password) == (2, SECRET)
    with pytest.raises(BadSource):
        assert SourceConfig("x", "x", ours.url).target


def test_without_a_second_address_nothing_can_be_broken() -> None:
    config = sources("a=redis://h")["a"]
    assert not config.breakable
    with pytest.raises(BadSource, match="no break=VARIABLE"):
        config.for_breaking()
