"""The settings read the environment, and say what they cannot read."""

import os
import tempfile

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard import environment


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
