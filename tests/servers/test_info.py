"""INFO as figures."""

import pytest

from servers.info import calls, fields, seconds, whole


def test_lines_become_fields_and_headings_do_not():
    text = b"# CPU\r\nused_cpu_user:0.5\r\n\r\n# Commandstats\r\ncmdstat_config|get:calls=2,usec=10\r\n"
    assert fields(text) == {"used_cpu_user": "0.5", "cmdstat_config|get": "calls=2,usec=10"}
    assert fields(None) == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [("17", 17), ("", None), (None, None), ("-1", None), ("1.5", None), ("\u0661", None), ("9" * 17, None)],
)
def test_a_figure_is_digits_and_not_too_many(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    ("text", "time"),
    [("12.345678", 12.345678), ("0.0", 0.0), ("12", None), (None, None), ("nan", None), ("1.-5", None)],
)
def test_a_time_is_digits_around_a_point(text, time):
    assert seconds(text) == time


def test_a_command_that_was_never_called_has_no_line():
    assert calls("calls=20,usec=962,usec_per_call=48.10,rejected_calls=0,failed_calls=0") == (20, 962)
    assert calls(None) == calls("calls=x") == (0, 0)
