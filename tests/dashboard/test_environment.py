"""The settings read the environment, and name what they cannot read."""

import os
import re
import runpy
import tempfile
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard import environment
from dashboard.demo.address import Host
from dashboard.demo.programs import web_environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("text", "value"), [("", 8000), (" 81 ", 81), ("0", 0), ("65535", 65535)])
def test_a_number(monkeypatch, text, value):
    monkeypatch.setenv("PORT", text)
    assert environment.whole("PORT", 8000, maximum=environment.MAX_PORT) == value


@pytest.mark.parametrize("text", ["eighty", "-1", "65536", "8e3", "80.0", "٣"])
def test_no_number(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 0 to 65535"):
        environment.whole("PORT", 8000, maximum=environment.MAX_PORT)


def test_names(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example,, b.example ")
    assert environment.names("ALLOWED_HOSTS", "localhost") == ["a.example", "b.example"]
    monkeypatch.delenv("ALLOWED_HOSTS")
    assert environment.names("ALLOWED_HOSTS", "localhost") == ["localhost"]


BAD = [
    ("DATABASE_URL", "", "DATABASE_URL is empty. Write postgresql://USER@HOST/NAME"),
    ("DATABASE_URL", "postgrseql://u:secret@h/n", "unknown kind of database ('postgrseql')"),
    ("DATABASE_URL", "mysql://u:secret@h/n", "unknown kind of database ('mysql')"),
    ("DATABASE_URL", "postgresql://u:secret@h:port/n", "DATABASE_URL cannot be read"),
    ("DATABASE_URL", "postgresql://u:secret@[h/n", "DATABASE_URL cannot be read"),
    ("DATABASE_URL", "postgresql://u:secret@h", "does not name a database"),
    ("DATABASE_URL", "rings", "unknown kind of database ('')"),
    ("REDIS_URL", "http://x", "REDIS_URL: the address must begin with one of redis://"),
    ("REDIS_URL", "redis://:secret@h:port", "REDIS_URL: a host must be HOST, HOST:PORT"),
    ("REDIS_URL", "redis://:secret@h/zero", "REDIS_URL: the database must be a whole number"),
    ("REDIS_URL", "redis+cluster://h:7000", "cannot carry hints"),
    ("REDIS_URL", "redis://h?socket_timeout=secret", "its options cannot be read"),
    ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud'. Write one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
    ("LOG_LEVEL", "10", "LOG_LEVEL is '10'"),
    ("DEPLOYED", "true", "DEPLOYED is 'true'. Write DEPLOYED=1 for yes, 0 for no."),
    ("SECURE_SSL_REDIRECT", "no", "Write SECURE_SSL_REDIRECT=1 for yes, 0 for no."),
    ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE is 'Mars/Olympus'"),
    ("TIME_ZONE", "../zone", "TIME_ZONE is '../zone'"),
    ("COOKIE_PREFIX", "ring viz;", "COOKIE_PREFIX is 'ring viz;'"),
    ("COOKIE_PREFIX", "x" * 65, "Write 1 to 64 letters"),
    ("PATH_PREFIX", "/tools ring/", "PATH_PREFIX is '/tools ring/'. Write a path of letters"),
    ("PATH_PREFIX", "/../", "for example /tools/ring/"),
    ("PATH_PREFIX", "https://a.example/x/", "Write a path"),
    ("PATH_PREFIX", "/a//b/", "Write a path"),
    ("ALLOWED_HOSTS", "a.example, https://b.example", "ALLOWED_HOSTS: 'https://b.example' is not a host name"),
    ("ALLOWED_HOSTS", "a.example:8000", "is not a host name"),
    ("CSRF_TRUSTED_ORIGINS", "a.example", "CSRF_TRUSTED_ORIGINS: 'a.example' is not an origin"),
    ("CSRF_TRUSTED_ORIGINS", "https://a.example/", "is not an origin"),
    ("DATA_DIR", "/dev/null/data", "DATA_DIR: '/dev/null/data' cannot be used (Not a directory)"),
    ("PORT", "eighty", "PORT must be a whole number"),
    ("EVENT_RETENTION", "all", "EVENT_RETENTION must be a whole number"),
    ("SERVERS_MEMORY_MIB", "4g", "SERVERS_MEMORY_MIB must be a whole number"),
    ("SERVER_STARTS_A_MINUTE", "1.5", "SERVER_STARTS_A_MINUTE must be a whole number"),
    ("ALLOWED_TARGETS", "10.0.0.1/8", "ALLOWED_TARGETS: '10.0.0.1/8'"),
    ("LOCK_SOURCES", "jobs", "LOCK_SOURCES: entry 1 is not NAME=URL"),
]
GOOD = [
    ("DATABASE_URL", " postgresql://u:p%2F@h:5432/n "),
    ("DATABASE_URL", "sqlite:////tmp/some.sqlite3"),
    ("REDIS_URL", ""),
    ("REDIS_URL", "rediss://u:p@h:6379/1?socket_timeout=2"),
    ("REDIS_URL", "unix:///run/redis.sock?db=1"),
    ("LOG_LEVEL", " info "),
    ("DEPLOYED", "0"),
    ("SECURE_SSL_REDIRECT", ""),
    ("TIME_ZONE", "Europe/Berlin"),
    ("COOKIE_PREFIX", "rings-2"),
    ("PATH_PREFIX", "/tools/ring/"),
    ("ALLOWED_HOSTS", "*,.a.example,[::1],127.0.0.1,build_machine.local"),
    ("CSRF_TRUSTED_ORIGINS", "https://*.a.example,http://localhost:8000"),
]


def load_settings(monkeypatch, tmp_path, variable: str, value: str):
    """The settings once more, from an environment with this variable."""
    for name in {name for name, *_rest in (*BAD, *GOOD)}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv(variable, value)
    return runpy.run_path(str(ROOT / "dashboard" / "settings.py"))


@pytest.mark.parametrize(("variable", "value", "says"), BAD)
def test_a_bad_value_is_one_line_that_names_it_and_ends_with_status_2(
    monkeypatch, capsys, tmp_path, variable, value, says
):
    with pytest.raises(SystemExit) as end, environment.mistakes_told():
        load_settings(monkeypatch, tmp_path, variable, value)
    line = capsys.readouterr().err
    assert end.value.code == 2
    assert line.startswith(f"error: {variable}")
    assert says in line
    assert (line.count("\n"), "secret" in line) == (1, False)


@pytest.mark.parametrize(("variable", "value"), GOOD)
def test_what_makes_sense_is_taken(monkeypatch, tmp_path, variable, value):
    assert load_settings(monkeypatch, tmp_path, variable, value)["SECRET_KEY"]


def test_webs_of_one_site_share_their_cookies_whatever_their_ports(monkeypatch, tmp_path):
    names = {load_settings(monkeypatch, tmp_path, "PORT", port)["SESSION_COOKIE_NAME"] for port in ("8001", "8002")}
    assert names == {"ringviz_session"}
    found = load_settings(monkeypatch, tmp_path, "COOKIE_PREFIX", "rings")
    assert [found[f"{kind}_COOKIE_NAME"] for kind in ("SESSION", "CSRF", "LANGUAGE")] == [
        "rings_session",
        "rings_csrf",
        "rings_language",
    ]


def test_sites_under_paths_of_one_host_have_cookies_of_their_own(monkeypatch, tmp_path):
    found = load_settings(monkeypatch, tmp_path, "PATH_PREFIX", "/tools/ring/")
    assert {found[f"{kind}_COOKIE_PATH"] for kind in ("SESSION", "CSRF", "LANGUAGE")} == {"/tools/ring/"}
    assert found["SESSION_COOKIE_NAME"] == "ringviz_tools_ring_session"
    assert (found["FORCE_SCRIPT_NAME"], found["STATIC_URL"]) == ("/tools/ring", "/tools/ring/static/")


@pytest.mark.parametrize("value", ["", "/", "tools/ring", "/tools/ring", "/tools/ring/"])
def test_slashes_at_the_ends_of_a_path_do_not_matter(monkeypatch, value):
    monkeypatch.setenv("PATH_PREFIX", value)
    assert environment.path_prefix("PATH_PREFIX") == ("/tools/ring/" if "tools" in value else "/")


def test_demos_of_one_host_have_cookies_of_their_own(tmp_path):
    prefixes = [web_environment({}, port, tmp_path, Host())["COOKIE_PREFIX"] for port in (8001, 8002)]
    assert prefixes == ["ringviz_8001", "ringviz_8002"]
    assert web_environment({"COOKIE_PREFIX": "ours"}, 8001, tmp_path, Host())["COOKIE_PREFIX"] == "ours"


def test_every_variable_that_the_settings_read_is_in_the_readme():
    source = (ROOT / "dashboard" / "settings.py").read_text()
    read = set(re.findall(r'environment\.\w+\("([A-Z_]+)"|environ\.get\("([A-Z_]+)"', source))
    table = (ROOT / "README.md").read_text()
    assert [name for pair in read for name in pair if name and f"`{name}" not in table] == []


def test_targets(monkeypatch):
    monkeypatch.setenv("ALLOWED_TARGETS", " cache.example:6379, 10.0.0.0/8 ,")
    assert [(rule.name, rule.low, rule.high) for rule in environment.targets("ALLOWED_TARGETS")] == [
        ("cache.example", 6379, 6379),
        ("", 1, 65535),
    ]
    monkeypatch.delenv("ALLOWED_TARGETS")
    assert environment.targets("ALLOWED_TARGETS") == ()
    monkeypatch.setenv("ALLOWED_TARGETS", "cache.example, 10.0.0.1/8")
    with pytest.raises(ImproperlyConfigured, match=r"ALLOWED_TARGETS: '10\.0\.0\.1/8'"):
        environment.targets("ALLOWED_TARGETS")


def test_the_data_folder_is_its_owners_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new" / "data"))
    assert environment.data_dir(tmp_path).stat().st_mode & 0o077 == 0


def test_the_secret_key_is_made_once(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = environment.secret_key(tmp_path)
    assert len(key) >= 50
    assert environment.secret_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment.secret_key(tmp_path) == "given"


def test_two_processes_that_start_together_agree_on_the_secret_key(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    link = os.link

    def too_late(source, target):
        target.write_text("the other's")
        link(source, target)

    monkeypatch.setattr(os, "link", too_late)
    assert environment.secret_key(tmp_path) == "the other's"


def test_sqlite_is_set_up_for_many_writers(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = tmp_path / "a b+c%20?#"
    assert environment.database(folder)["NAME"] == str(folder / "ringviz.sqlite3")
    assert environment.database(folder)["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_database_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ringviz@db.example/rings")
    found = environment.database(tmp_path)
    assert (found["ENGINE"], found["HOST"]) == ("django.db.backends.postgresql", "db.example")
    assert "transaction_mode" not in found.get("OPTIONS", {})


def test_a_hint_server_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", "redis://hints.example:6379/0")
    assert environment.hint_url(tmp_path) == "redis://hints.example:6379/0"


def test_the_embedded_one_is_found_in_a_folder_with_any_name(monkeypatch, tmp_path):
    from redis.connection import parse_url

    monkeypatch.delenv("REDIS_URL", raising=False)
    folder = tmp_path / "a b+c%20?#é"
    assert parse_url(environment.hint_url(folder))["path"] == str(folder / "valkey.sock")


def test_a_long_path_moves_the_socket_to_a_private_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    long = tmp_path / ("x" * 120)
    path = environment.hint_socket(long)
    assert path.parent.parent == tmp_path
    assert path.parent.stat().st_mode & 0o077 == 0
    assert environment.hint_socket(long) == path
    assert environment.hint_socket(tmp_path / ("y" * 120)) != path
    path.parent.chmod(0o777)
    with pytest.raises(ImproperlyConfigured, match="shorter path"):
        environment.hint_socket(long)
