"""Refusals as JSON answers, for every view of a source that speaks JSON or CSV."""

from __future__ import annotations

from live import answers
from locks.refusals import no_source

refusals_as_json = answers.refusals_as_json(no_source)
