"""`manage.py balance ab POLICY_A POLICY_B`: compares two policies on the same real requests."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any, Final, NoReturn, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balancer.cli.racing import entry_of
from balancer.cli.refusals import core_refusals_told
from balancer.cli.status import NO_DRIVER, WAIT_S
from balancer.core.bounds import FEWEST_ROUNDS, MOST_ROUNDS, MOST_SECONDS
from balancer.core.named import POLICIES
from balancer.core.state import Comparison, Traffic
from balancer.core.trial import SIDES, Side, Trial
from balancer.driving.topic import TOPIC
from balancer.events import BalancerCompared, BalancerFailed, BalancerSet
from balancer.selectors.state import state_of_stream
from balancer.services.traffic import set_traffic
from balancer.verdicts import figure, labels, notes, verdict
from live.actors import command_line_actor
from live.channel import redis_url
from live.columns import columns
from live.door import refusals_told
from live.hints import next_frame
from live.listening import HintListener
from live.models import Event
from live.reading import events_after
from live.subjects import payload_class
from live.wording import grouped
from ringviz.cli.clusters import add_cluster_arguments, chosen
from ringviz.models import Cluster

SECONDS, ROUNDS = 5, 6
BEGINS_WITHIN_S: Final = 60.0  # the supervisor may have to start the driver
OVER_S: Final = 10.0  # per stretch: waits for the next whole second, and for requests in flight
READ_EVERY_S: Final = 1.0


def add_arguments(parser: ArgumentParser) -> None:
    """The policies, the rounds and the stream. Options of the stream that are left out keep their current value."""
    for name, metavar in (("policy_a", _("POLICY_A")), ("policy_b", _("POLICY_B"))):
        text = _("NAME[:OPTION=NUMBER,...], one of: %(names)s") % {"names": ", ".join(POLICIES)}
        parser.add_argument(name, metavar=metavar, help=text)
    parser.add_argument(
        "--seconds",
        type=int,
        default=SECONDS,
        metavar="N",
        help=_("seconds of the stream that each policy gets in a round, 1 to %(most)d (5)") % {"most": MOST_SECONDS},
    )
    bounds = {"fewest": FEWEST_ROUNDS, "most": MOST_ROUNDS}
    text = _("number of rounds, %(fewest)d to %(most)d (6); in each round both policies get the same requests") % bounds
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=text)
    parser.add_argument("--rate", type=float, metavar="N", help=_("requests a second"))
    parser.add_argument(
        "--skew", type=float, help=_("how unevenly keys are requested: the Zipf exponent; 0 requests all keys equally")
    )
    parser.add_argument("--seed", type=int, help=_("random seed; the same seed sends the same keys at the same times"))
    add_cluster_arguments(parser)


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Runs the comparison, writes a line for each policy and the verdict, then restores the previous requests.

    With --json, writes one object: a `Comparison` with `cluster`, `version`, `verdict` and `notes`. Ctrl-C stops the
    run. Raises CommandError.
    """
    with refusals_told(), core_refusals_told():
        cluster = chosen(options["cluster"])
        before = state_of_stream(cluster.stream_id)["traffic"]
        begun = _set(cluster, _asked(options, before))
        asked: Traffic = begun.payload["traffic"]
        try:
            event = _end_of(cluster, begun, asked)
        except KeyboardInterrupt:
            _stopped(cluster)
        finally:
            _put_back(cluster, asked, before)
    found: Comparison = event.payload["comparison"]
    if options["json"]:
        told = {"cluster": cluster.slug, "version": event.version, **found}
        out.write(json.dumps(told | {"verdict": verdict(found), "notes": notes(found)}, ensure_ascii=False) + "\n")
        return
    for line in lines(found):
        out.write(f"{line}\n")


def lines(found: Comparison) -> list[str]:
    """Writes the result for a terminal."""
    head = [_("POLICY"), _("MEAN"), _("P50"), _("P95"), _("P99"), _("DRIVER'S LAG P99")]
    head += [_("SENT"), _("ANSWERED"), _("REFUSED"), _("ERRORS")]
    names = labels(found["traffic"])
    rows = [_row(names[side], found["summary"][side]) for side in SIDES]
    return [_compared(found), "", *columns([head, *rows], 1), "", verdict(found), *notes(found)]


def _compared(found: Comparison) -> str:
    traffic, trial = found["traffic"], found["traffic"]["trial"]
    rounds, seconds = len(found["rounds"]), trial["seconds"] if trial else 0
    values = {
        "rounds": ngettext("%(n)s round", "%(n)s rounds", rounds) % {"n": grouped(rounds)},
        "seconds": grouped(seconds),
        "rate": grouped(traffic["rate"]),
        "seed": traffic["seed"],
    }
    text = _(
        "Real requests: %(rounds)s, %(seconds)s s each at %(rate)s a second, seed %(seed)d. ± is the 95%% interval."
    )
    return text % values


def _row(name: str, side: Side) -> list[str]:
    times = [figure(side[time]) for time in ("mean_ms", "p50_ms", "p95_ms", "p99_ms", "lag_p99_ms")]
    return [capfirst(name), *times, *(grouped(side[count]) for count in ("sent", "answered", "refused", "errors"))]


def _asked(options: dict[str, Any], before: Traffic) -> Traffic:
    """Builds the requested traffic. Raises what reading the policies' options raises."""
    (a, options_a), (b, options_b) = entry_of(options["policy_a"]), entry_of(options["policy_b"])
    trial = Trial(policy=b, options=dict(options_b), seconds=options["seconds"], rounds=options["rounds"])
    stream: Any = {name: options[name] for name in ("rate", "skew", "seed") if options[name] is not None}
    asked: Any = {**before, **stream, "on": True, "policy": a, "options": dict(options_a), "trial": trial}
    return asked  # type: ignore[no-any-return]


def _set(cluster: Cluster, wanted: Traffic) -> Event:
    return set_traffic(slug=cluster.slug, actor=command_line_actor(), version=None, wanted=wanted)


def _end_of(cluster: Cluster, begun: Event, asked: Traffic) -> Event:
    """Waits for the event that ends the run. Raises CommandError if none arrives."""
    trial = asked["trial"]
    assert trial is not None  # noqa: S101  it was just asked for
    _wait_for_driver(cluster)
    deadline = time.monotonic() + 2 * trial["rounds"] * (trial["seconds"] + OVER_S)
    listener = HintListener(redis_url())
    try:
        while time.monotonic() < deadline:
            for event in events_after(cluster.stream_id, begun.version):
                kind = payload_class(event.kind)
                if kind is BalancerCompared:
                    return event
                if kind is BalancerFailed:
                    values = {"done": event.payload["rounds"], "rounds": trial["rounds"]}
                    text = _("the A/B run failed after %(done)d of %(rounds)d rounds; the driver's log says why")
                    raise CommandError(text % values)
                if kind is BalancerSet:
                    raise CommandError(_("the A/B run ended early because somebody changed the requests"))
            listener.wait(READ_EVERY_S)
    finally:
        listener.close()
    raise CommandError(_("the A/B run did not finish in time; see the driver's log"))


def _wait_for_driver(cluster: Cluster) -> None:
    """Waits until a frame reports the run. Raises CommandError."""
    deadline = time.monotonic() + BEGINS_WITHIN_S
    while time.monotonic() < deadline:
        begun = time.monotonic()
        frame = next_frame(cluster.stream_id, TOPIC, WAIT_S)
        if frame is not None and frame.get("trial"):
            return
        if frame is None and not _is_asked(cluster):
            return
        if frame is None:
            time.sleep(
                max(0.0, WAIT_S - (time.monotonic() - begun))
            )  # without a hint server the call above returns at once
    raise CommandError(str(NO_DRIVER))


def _is_asked(cluster: Cluster) -> bool:
    return state_of_stream(cluster.stream_id)["traffic"]["trial"] is not None


def _stopped(cluster: Cluster) -> NoReturn:
    frame = next_frame(cluster.stream_id, TOPIC, WAIT_S)
    trial = frame.get("trial") if frame else None
    if trial is None:
        raise CommandError(_("stopped; nothing was recorded"))
    values = {"done": trial["round"] - 1, "rounds": trial["rounds"]}
    raise CommandError(_("stopped after %(done)d of %(rounds)d rounds; nothing was recorded") % values)


def _put_back(cluster: Cluster, asked: Traffic, before: Traffic) -> None:
    """Restores the previous requests, unless somebody has changed them since."""
    now = state_of_stream(cluster.stream_id)["traffic"]
    wanted: Traffic = {**before, "trial": None}
    if {**now, "trial": None} == {**asked, "trial": None} and now != wanted:
        _set(cluster, wanted)
