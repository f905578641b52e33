"""Long-running processes report a mistake at once: one line, exit status 2, no traceback."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from live.prerequisites import check_database, check_hint_server
from tests import demos, started

BEGINNERS = {
    "supervise": "ringviz.supervisor.run.Supervisor",
    "watch": "locks.watcher.run.Watcher",
    "demo": "dashboard.management.commands.demo.Demo",
}


@pytest.fixture(scope="module")
def locked():
    """A server that requires a password."""
    with started.valkey("--requirepass", "right") as server:
        yield server


@pytest.mark.parametrize("password", ["wrong", ""])
@pytest.mark.parametrize("command", BEGINNERS)
def test_a_wrong_password_of_the_hint_server_is_said(
    transactional_db, settings, monkeypatch, locked, command, password
):
    monkeypatch.setattr(BEGINNERS[command], lambda *_: pytest.fail("it began"))
    settings.REDIS_URL = locked.url.replace("unix://", f"unix://:{password}@" if password else "unix://")
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL refuses the user or password") as said:
        call_command(command)
    assert "wrong" not in str(said.value)


def test_the_right_password_is_none_of_it_and_a_server_that_is_gone_may_come_yet(settings, locked, tmp_path):
    for url in (locked.url.replace("unix://", "unix://:right@"), f"unix://{tmp_path}/nobody.sock", ""):
        settings.REDIS_URL = url
        check_hint_server()


def test_a_database_with_every_table_is_none_of_it(transactional_db):
    check_database()


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("command", "variables", "says"),
    [
        ("supervise", {}, "error: The database is not prepared for this version. Run: python manage.py migrate"),
        ("watch", {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/rings"}, "error: The database cannot be used ("),
        ("supervise", {"LOG_LEVEL": "loud"}, "error: LOG_LEVEL is 'loud'. Write one of DEBUG"),
    ],
)
def test_a_command_that_cannot_begin_ends_with_one_line_and_status_2(tmp_path, command, variables, says):
    refused = demos.manage(tmp_path, command, **variables)
    assert refused.returncode == 2
    assert refused.stderr.startswith(says)
    assert (refused.stderr.count("\n"), refused.stdout) == (1, "")
