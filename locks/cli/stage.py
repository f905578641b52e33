"""`manage.py locks stage`: runs the ladder now and judges it as the page does. No web, no events, no database."""

from __future__ import annotations

import json
import secrets
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from fleet.hands import Closed, Hands
from live.channel import redis_url
from live.columns import columns
from live.wording import grouped, number
from locks.core.ladder import FEWEST_WORKERS, LONGEST_RUNG_S, MOST_SEED, MOST_WORKERS, RUNGS
from locks.events.stage import rung_title
from locks.stage.ladder import Failed, Judged, Plan, RungRun
from locks.stage.workers import Workers

RUNG_S, WORKERS = 8, 6


def add_arguments(parser: ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--rung", choices=list(RUNGS), help=_("one rung (default: all five)"))
    parser.add_argument(
        "--workers", type=int, default=WORKERS, metavar=_("N"), help=_("number of processes that contend")
    )
    parser.add_argument("--seconds", type=int, default=RUNG_S, metavar=_("S"), help=_("how long each rung runs"))
    parser.add_argument("--seed", type=int, metavar=_("N"), help=_("seed for the random pauses (default: random)"))
    parser.add_argument("--json", action="store_true", help=_("one JSON array, with one object per rung"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Runs the rungs and writes the results. Raises CommandError for values out of bounds or if no server answers."""
    for name, least, most in (("workers", FEWEST_WORKERS, MOST_WORKERS), ("seconds", 1, LONGEST_RUNG_S)):
        _within(name, options[name], least, most)
    seed = secrets.randbelow(1_000_000) if options["seed"] is None else options["seed"]
    _within("seed", seed, 0, MOST_SEED)
    if not (url := redis_url()):
        raise CommandError(_("no server: set REDIS_URL, or start the demo"))
    rungs = [options["rung"]] if options["rung"] else list(RUNGS)
    found = _played(url, rungs, Plan(seed, options["seconds"]), options["workers"])
    if options["json"]:
        out.write(json.dumps([one.to_dict() for one in found], ensure_ascii=False) + "\n")
    else:
        out.write("".join(f"{line}\n" for line in _lines(found, seed)))


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        message = _("--%(name)s must be a whole number from %(least)s to %(most)s, not %(value)s")
        raise CommandError(message % {"name": name, "least": least, "most": most, "value": value})


def _played(url: str, rungs: Sequence[str], plan: Plan, size: int) -> list[Judged]:
    """Runs the rungs in their own thread, because the main thread starts the processes. Raises CommandError."""
    hands, stopping = Hands(), threading.Event()

    def work() -> list[Judged]:
        with closing(Workers(hands, size)) as workers:
            runs = (RungRun(workers, url, rung, plan).run(_progress, stopping.is_set) for rung in rungs)
            return [judged for judged in runs if judged is not None]

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        future.add_done_callback(lambda _future: hands.wake())
        try:
            hands.run(lambda: not future.done())
            return future.result()
        except (Failed, OSError, Closed) as error:
            raise CommandError(_("the run failed: %(why)s") % {"why": error}) from None
        except KeyboardInterrupt:
            raise CommandError(_("stopped")) from None
        finally:
            stopping.set()
            hands.end()
            signal.signal(signal.SIGTERM, before)


def _progress(frame: dict[str, Any]) -> None:
    """Rewrites one progress line, if standard error is a terminal."""
    if sys.stderr.isatty():
        said = _("%(rung)s: %(n)s entries, %(met)s overlap, %(stale)s stale writes accepted")
        values = {"rung": frame["rung"], "n": frame["entries"], "met": frame["overlapping"], "stale": frame["stale"]}
        sys.stderr.write(f"\r\x1b[K{said % values}")


def _lines(found: Sequence[Judged], seed: int) -> Iterator[str]:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    yield _("Seed %(seed)s. Judged outside Redis, by CLOCK_MONOTONIC of this machine.") % {"seed": seed}
    head = [_("WAY TO LOCK"), _("PREDICTED"), _("AS PREDICTED"), _("ENTRIES"), _("OVERLAP"), _("STALE"), _("REFUSED")]
    yield from columns([head, *map(_row, found)], 3)


def _row(judged: Judged) -> list[str]:
    verdict, expected = judged.verdict, RUNGS[judged.rung]
    predicted = _("two inside, stale writes") if expected.stale else _("two inside, no stale write")
    share = 100 * verdict.overlapping / verdict.entries if verdict.entries else 0
    return [
        rung_title(judged.rung),
        predicted,
        _("yes") if judged.as_expected else _("no"),
        grouped(verdict.entries),
        _("%(n)s%%") % {"n": number(share, 1)},
        grouped(verdict.stale),
        grouped(verdict.refused),
    ]
