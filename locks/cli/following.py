"""`manage.py locks watch`: prints a line for each thing that happens to a server's locks, until interrupted."""

from __future__ import annotations

import json
import queue
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NotRequired, TextIO, TypedDict

from django.core.management.base import OutputWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.channel import redis_url
from live.log import timestamp
from live.wording import number
from locks.cli.chosen import add_source_arguments, chosen
from locks.core.rows import Past, Row, Text
from locks.core.sourcelist import EMBEDDED, SourceConfig
from locks.sources import SourceTrouble
from locks.stores.line import prefix
from locks.watcher.clock import OurClock
from locks.watcher.ledger import Ledger, Told
from locks.watcher.standing import Standing
from locks.watcher.watching import SourceWatch
from locks.wording import INFERRED_ENDS, alert_text, brief, confidence_text, end_text, holder_text, span, trouble_text

_LOOK_EVERY_S = 0.25
_MOST_NAME, _WHAT_WIDTH = 60, 12


class Line(TypedDict):
    """What happened, as --json prints it. `inferred` is true if nobody saw it happen.

    `what` is held (the lock was there before), taken, renewed, waits, a way for a hold to end (`core.rows.End`), alert,
    well, or the state of the watching: discovering, watching, down.
    """

    at: str
    what: str
    inferred: bool
    key: NotRequired[Text]
    name: NotRequired[Text]
    client: NotRequired[str]
    confidence: NotRequired[str]
    holder_id: NotRequired[Text | None]
    label: NotRequired[str | None]
    ttl_ms: NotRequired[int | None]
    count: NotRequired[int]
    waiters: NotRequired[int | None]
    fencing_token: NotRequired[int | None]
    held_ms: NotRequired[int]
    alert: NotRequired[str]
    why: NotRequired[str]


def add_arguments(parser: ArgumentParser) -> None:
    """The options."""
    add_source_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("one JSON object per line"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Watches the server directly, as `manage.py watch` does, and only reads. Needs no database and no leader."""
    follower = Follower(chosen(options))
    try:
        for at_ms, line, text in follower.lines():
            said = json.dumps(line) if options["json"] else f"{_clock(at_ms)} {text}"
            out.write(f"{said}\n")
            out.flush()
    finally:
        follower.stop()


class Follower:
    """One source, watched for a terminal. It records its own watch: alerts and trouble become lines."""

    def __init__(self, config: SourceConfig) -> None:
        self._clock = OurClock()
        self._ledger = Ledger(self._clock, lambda _holder_id: None, {})
        self._some = threading.Event()
        self._said: queue.SimpleQueue[tuple[int, Line, str]] = queue.SimpleQueue()
        self._rows: dict[str, Row] = {}
        self._state = ""
        ours = prefix().encode() if config.slug == EMBEDDED and redis_url() else b""
        self._watch = SourceWatch(
            config,
            self._ledger,
            Standing(self._clock),
            self,
            is_ours=lambda key: bool(ours) and key.startswith(ours),
            news=self._some.set,
        )

    def lines(self) -> Iterator[tuple[int, Line, str]]:
        """Everything that happens, in order: the time (ms since 1970), a line for programs, a text for people."""
        self._watch.start()
        while True:
            yield from self._state_lines()
            found = [*self._ended_and_changed()]
            while not self._said.empty():
                found.append(self._said.get())
            yield from sorted(found, key=lambda one: one[0])
            self._some.wait(_LOOK_EVERY_S)
            self._some.clear()

    def stop(self) -> None:
        """Stops watching."""
        self._watch.stop()
        self._watch.join(timeout_s=3)

    # --- what the watch reports

    def alert(self, told: Told) -> None:
        """An alert was raised or cleared."""
        kind = told.turn.alert["kind"]
        what = "alert" if told.turn.raised else "well"
        at_ms = told.turn.alert["since"] if told.turn.raised else self._clock.now_ms()
        text = alert_text(kind) if told.turn.raised else _("over: %(alert)s") % {"alert": alert_text(kind)}
        line: Line = {**self._line(at_ms, what, told.row), "alert": kind}
        self._say(at_ms, line, _text(what, told.row["name"], text))

    def lost(self, trouble: SourceTrouble) -> None:
        """Reported with the state."""

    def back(self) -> None:
        """Reported with the state."""

    # --- lines

    def _state_lines(self) -> Iterator[tuple[int, Line, str]]:
        status = self._watch.status()
        if status["state"] == self._state or status["state"] == "waiting":
            return
        self._state = status["state"]
        at_ms, trouble = self._clock.now_ms(), status["trouble"]
        line: Line = {"at": _moment(at_ms), "what": self._state, "inferred": False}
        if trouble:
            line["why"] = f"{trouble['kind']}: {trouble['text']}"
            yield at_ms, line, _text(self._state, "", trouble_text(trouble["kind"], trouble["text"]))
            return
        line["why"] = status["way"]
        yield at_ms, line, _text(self._state, "", f"{brief(status['server'])}, {status['way']}")

    def _ended_and_changed(self) -> Iterator[tuple[int, Line, str]]:
        news = self._ledger.take()
        for past in news.ended:
            yield self._ended(past)
        for row_id in news.gone:
            self._rows.pop(row_id, None)
        for row in news.changed.values():
            before = self._rows.get(row["id"])
            self._rows[row["id"]] = row
            if (said := self._changed(before, row)) is not None:
                yield said

    def _changed(self, before: Row | None, row: Row) -> tuple[int, Line, str] | None:
        if before is None or before["since"] != row["since"]:
            what = "taken" if row["since_seen"] else "held"
            at_ms = row["since"] if row["since_seen"] else self._clock.now_ms()
            return at_ms, self._line(at_ms, what, row), _text(what, row["name"], _about(row, self._clock.now_ms()))
        if row["renewed"] and row["renewed"] != before["renewed"]:
            at_ms = row["renewed"][-1]
            left = _left(row, self._clock.now_ms())
            return at_ms, self._line(at_ms, "renewed", row), _text("renewed", row["name"], left)
        if row["waiters"] != before["waiters"] and row["waiters"] is not None:
            at_ms, waits = self._clock.now_ms(), ngettext("%(n)s waits", "%(n)s wait", row["waiters"])
            text = _text("waits", row["name"], waits % {"n": number(row["waiters"])})
            return at_ms, self._line(at_ms, "waits", row), text
        return None

    def _ended(self, past: Past) -> tuple[int, Line, str]:
        held_ms = past["to"] - past["from"]
        line: Line = {
            "at": _moment(past["to"]),
            "what": past["end"],
            "inferred": past["end"] in INFERRED_ENDS,
            "key": past["key"],
            "name": past["name"],
            "holder_id": past["holder"],
            "label": past["label"],
            "fencing_token": past["fencing"],
            "held_ms": held_ms,
        }
        about = _("%(holder)s, held for %(span)s") % {
            "holder": holder_text(past["holder"], past["label"]),
            "span": span(held_ms),
        }
        return past["to"], line, _text(past["end"], past["name"], f"{end_text(past['end'])}: {about}")

    def _line(self, at_ms: int, what: str, row: Row) -> Line:
        return {
            "at": _moment(at_ms),
            "what": what,
            "inferred": what == "held",
            "key": row["key"],
            "name": row["name"],
            "client": row["client"],
            "confidence": row["confidence"],
            "holder_id": row["holder"],
            "label": row["label"],
            "ttl_ms": None if row["ends_at"] is None else max(0, row["ends_at"] - self._clock.now_ms()),
            "count": row["count"],
            "waiters": row["waiters"],
            "fencing_token": row["fencing"],
        }

    def _say(self, at_ms: int, line: Line, text: str) -> None:
        self._said.put((at_ms, line, text))
        self._some.set()


def _clock(at_ms: int) -> str:
    moment = timezone.localtime(datetime.fromtimestamp(at_ms / 1_000, UTC))
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1_000:03}"


def _moment(at_ms: int) -> str:
    return timestamp(datetime.fromtimestamp(at_ms / 1_000, UTC))


def _text(what: str, name: Text, about: str) -> str:
    lock = f"{brief(name, _MOST_NAME)}  " if name else ""
    return f"{what:<{_WHAT_WIDTH}} {lock}{about}"


def _about(row: Row, now_ms: int) -> str:
    sure = "" if row["confidence"] == "certain" else f" ({confidence_text(row['confidence'])})"
    parts = [holder_text(row["holder"], row["label"]), f"{brief(row['client'])}{sure}", _left(row, now_ms)]
    if row["fencing"] is not None:
        parts.append(_("fencing token %(n)s") % {"n": number(row["fencing"])})
    return ", ".join(parts)


def _left(row: Row, now_ms: int) -> str:
    if row["ends_at"] is None:
        return _("no TTL")
    return _("%(span)s left") % {"span": span(max(0, row["ends_at"] - now_ms))}
