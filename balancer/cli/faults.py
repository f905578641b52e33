"""Reads faults from the command line: `--freeze node-2=0.3/1000 --kill node-1=500`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from balancer.core.simulator.plan import Fault, Frozen, Joins, Killed, Node, Slow
from ringviz.core.errors import CoreError

_EXAMPLES = {"freeze": "node-2=0.3/1000", "slow": "node-2=0.5", "kill": "node-2=500", "join": "node-11=500"}


def add_fault_arguments(parser: ArgumentParser) -> None:
    """Each option can be repeated."""
    for name, metavar, text in (
        (
            "--freeze",
            _("NODE=PART/PERIOD"),
            _("freeze a node for part of each period, for example node-2=0.3/1000, or once: node-2=START..END"),
        ),
        (
            "--slow",
            _("NODE=FACTOR"),
            _("multiply a node's speed, for example node-2=0.5, or for a time: node-2=0.5/START..END"),
        ),
        ("--kill", _("NODE=TIME"), _("kill a node; its requests in flight fail")),
        ("--join", _("NAME=TIME"), _("add a node")),
    ):
        parser.add_argument(name, action="append", default=[], metavar=metavar, help=text)


def faults_asked(options: dict[str, Any], names: Sequence[str]) -> tuple[Fault, ...]:
    """The faults in the options. Nodes are those in `names` plus those that join. Raises CommandError."""
    joins = [_join(word) for word in options["join"]]
    everybody = [*names, *(join.node.name for join in sorted(joins, key=lambda join: join.at))]
    places = {name: place for place, name in enumerate(everybody)}
    found: list[Fault] = list(joins)
    for option, made in _MADE.items():
        for name, value in pairs(options[option], everybody):
            with _told(option, f"{name}={value}"):
                found.append(made(places[name], value))
    return tuple(found)


def pairs(words: Iterable[str], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Splits each NODE=VALUE. Raises CommandError for a node that is not in `names`."""
    for word in words:
        name, _equals, value = word.partition("=")
        if name not in names:
            text = _("there is no node %(name)s; the nodes are %(first)s to %(last)s")
            raise CommandError(text % {"name": ascii(name), "first": names[0], "last": names[-1]})
        yield name, value


def _join(word: str) -> Joins:
    name, _equals, at = word.partition("=")
    if not name.isprintable():
        raise CommandError(
            _("the node name %(name)s contains characters that cannot be displayed") % {"name": ascii(name)}
        )
    with _told("join", word):
        return Joins(Node(name), float(at))


def _freeze(place: int, value: str) -> Frozen:
    if ".." in value:
        return Frozen(place, *_window(value))
    part, _slash, every = value.partition("/")
    return Frozen(place, every=float(every), part=float(part))


def _slow(place: int, value: str) -> Slow:
    factor, slash, window = value.partition("/")
    return Slow(place, float(factor), *(_window(window) if slash else ()))


def _kill(place: int, value: str) -> Killed:
    return Killed(place, float(value))


def _window(value: str) -> tuple[float, float]:
    start, _dots, end = value.partition("..")
    return float(start), float(end)


@contextmanager
def _told(option: str, word: str) -> Iterator[None]:
    """Turns a failed conversion into CommandError. Errors of the core pass through."""
    try:
        yield
    except CoreError:
        raise
    except ValueError as error:
        text = _("%(word)s is not a valid --%(option)s. Write it like --%(option)s %(example)s.")
        values = {"word": ascii(word), "option": option, "example": _EXAMPLES[option]}
        raise CommandError(text % values) from error


_MADE: dict[str, Callable[[int, str], Fault]] = {"freeze": _freeze, "slow": _slow, "kill": _kill}
