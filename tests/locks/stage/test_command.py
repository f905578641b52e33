"""`manage.py locks stage`: the same verdict in a terminal, without web and database."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def said(*words):
    out = io.StringIO()
    call_command("locks", "stage", *words, stdout=out)
    return out.getvalue()


def test_a_rung_is_run_and_judged_in_the_terminal(hint_server):
    (judged,) = json.loads(said("--rung", "fencing", "--seconds", "1", "--workers", "2", "--seed", "3", "--json"))
    assert (judged["rung"], judged["seed"], judged["workers"]) == ("fencing", 3, 2)
    assert judged["expected"] == {"overlap": True, "stale": False}
    assert judged["verdict"]["entries"] > 0
    assert judged["verdict"]["stale"] == 0


def test_without_json_it_is_a_table_with_the_seed(hint_server):
    first, head, row = said("--rung", "set", "--seconds", "1", "--workers", "2", "--seed", "3").splitlines()
    assert first == "Seed 3. Judged outside Redis, by CLOCK_MONOTONIC of this machine."
    assert head.split("  ")[0] == "WAY TO LOCK"
    assert row.startswith("SET (the article's lock)")


@pytest.mark.parametrize("words", [("--workers", "1"), ("--workers", "9"), ("--seconds", "31"), ("--seed", "-1")])
def test_a_value_out_of_bounds_is_refused(hint_server, words):
    with pytest.raises(CommandError, match="must be a whole number from"):
        said(*words)


def test_a_server_that_is_not_there_is_said(settings, tmp_path):
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="no server"):
        said()
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    with pytest.raises(CommandError, match="the run failed: ConnectionError"):
        said("--rung", "set", "--workers", "2")
