"""Times in templates, as scripts write them: with a date unless it is today, and the zone once and in titles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone


def said(markup: str, **context: object) -> str:
    return Template("{% load times %}" + markup).render(Context(context))


@pytest.mark.parametrize("name", ["UTC", "Europe/Paris"])
def test_a_moment_of_today_is_its_time_of_day_and_an_older_one_is_dated(name: str) -> None:
    with timezone.override(name):
        now = timezone.localtime()
        assert f">{now:%H:%M:%S}</time>" in said("{% moment at %}", at=now)
        old = said("{% moment at %}", at=datetime(2026, 5, 3, 12, 41, 7, tzinfo=UTC))
        text = "2026-05-03 14:41:07" if name == "Europe/Paris" else "2026-05-03 12:41:07"
        assert f'title="{text} {name}">{text}</time>' in old
        assert now.isoformat() in said("{% moment at %}", at=now)
        yesterday = now - timedelta(days=1)
        assert f">{yesterday:%Y-%m-%d %H:%M:%S}</time>" in said("{% moment at %}", at=yesterday)


def test_the_zone_is_named_and_nothing_is_said_of_no_moment() -> None:
    with timezone.override("Europe/Paris"):
        assert said("{% zone %}") == "<span data-zone>Europe/Paris</span>"
    assert said("{% moment at %}", at=None) == ""
