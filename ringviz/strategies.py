"""Each strategy's name, how it places a key, and what it cannot do, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.wording import grouped
from ringviz.core.abilities import Abilities, Option, Options, Wanted
from ringviz.core.strategy import SLOTS, STRATEGIES, abilities_of

NAMES: dict[str, Any] = {
    "ring": gettext_lazy("hash ring"),
    "modulo": gettext_lazy("modulo"),
    "rendezvous": gettext_lazy("rendezvous"),
    "jump": gettext_lazy("jump hash"),
    "maglev": gettext_lazy("Maglev"),
    "multiprobe": gettext_lazy("multi-probe"),
    "bounded": gettext_lazy("ring with bounded loads"),
}

RULES: dict[str, Any] = {
    "ring": gettext_lazy("Each key belongs to the next token clockwise from its hash."),
    "modulo": gettext_lazy("Each key belongs to node number hash mod n, for n nodes."),
    "rendezvous": gettext_lazy("Every node scores each key, and the highest score gets it."),
    "jump": gettext_lazy("Each key jumps from node to later node until the next jump would pass the last."),
    "maglev": gettext_lazy("Nodes take turns to fill a table. Each key belongs to the node of its entry."),
    "multiprobe": gettext_lazy("Each key is hashed several times. The hash closest before a token decides."),
    "bounded": gettext_lazy("Each key belongs to the next node clockwise that is not full."),
}

OPTIONS: dict[str, Any] = {
    "table_size": gettext_lazy("Table size"),
    "probes": gettext_lazy("Probes per key"),
    "c": gettext_lazy("Fair shares per node, at most"),
}

WANTED: dict[str, Any] = {
    Wanted.ANY: gettext_lazy("a number"),
    Wanted.WHOLE: gettext_lazy("a whole number"),
    Wanted.PRIME: gettext_lazy("a prime number"),
}

# What a strategy cannot do, with the control where a person would look for it.
_LACKS: tuple[tuple[Callable[[Abilities], bool], Any], ...] = (
    (
        lambda can: can.last_only,
        gettext_lazy("Nodes have numbers, not names. When any node but the last leaves, all after it are renumbered."),
    ),
    (
        lambda can: not can.minimal and not can.last_only,
        gettext_lazy("When a node joins or leaves, keys also move between the other nodes."),
    ),
    (lambda can: not can.weights, gettext_lazy("All nodes have equal shares. Weights do not count, except 0.")),
    (lambda can: not can.lists, gettext_lazy("A key has one owner and no further nodes, so it has no copies.")),
    (lambda can: not can.alone, gettext_lazy("A key has an owner only among the other keys of the set.")),
)


def choices() -> list[tuple[str, Any]]:
    """The strategies that a cluster can be set to, each with its name."""
    return list(NAMES.items())


def name_of(strategy: str) -> str:
    """As in "hash ring", within a sentence."""
    return str(NAMES[strategy])


def named(strategy: str, options: Options) -> str:
    """The same with its parameters, as in "Maglev (table size 65,537)"."""
    if not options:
        return name_of(strategy)
    return _("%(strategy)s (%(options)s)") % {"strategy": name_of(strategy), "options": option_words(options)}


def option_words(options: Options) -> str:
    """As in "table size 65,537"."""
    text = _("%(name)s %(number)s")
    said = (text % {"name": _lowered(str(OPTIONS[name])), "number": grouped(value)} for name, value in options.items())
    return ", ".join(said)


def every_option() -> list[str]:
    """As in `table_size=65537 (maglev)`: each with its default."""
    return [f"{one.name}={one.default:g} ({name})" for name, kind in STRATEGIES.items() for one in kind.options]


def lacks(can: Abilities) -> list[str]:
    """What the strategy cannot do, one sentence each."""
    return [str(text) for applies, text in _LACKS if applies(can)]


def described() -> dict[str, dict[str, Any]]:
    """All strategies as pages get them: `Strategies` in types.js. A cluster can be set to those that are `offered`."""
    offered = {name: _described(name, kind.abilities, kind.options) for name, kind in STRATEGIES.items()}
    told = {
        "offered": False,
        "label": _("slot map"),
        "rule": _("The servers say which slots each of them owns."),
        "abilities": abilities_told(abilities_of(SLOTS)),
        "notes": [],
        "options": [],
    }
    return offered | {SLOTS: told}


def _described(name: str, can: Abilities, options: Sequence[Option]) -> dict[str, Any]:
    return {
        "offered": True,
        "label": name_of(name),
        "rule": str(RULES[name]),
        "notes": lacks(can),
        "abilities": abilities_told(can),
        "options": [option_told(one, OPTIONS[one.name]) for one in options],
    }


def option_told(option: Option, label: object) -> dict[str, Any]:
    """A parameter as pages get it: `StrategyOption` in types.js."""
    return {
        "name": option.name,
        "label": str(label),
        "default": option.default,
        "lowest": option.lowest,
        "highest": option.highest,
        "wanted": option.wanted.value,
        "bounds": bounds_words(option),
    }


def abilities_told(can: Abilities) -> dict[str, bool]:
    """What it can do, by name."""
    return {name: getattr(can, name) for name in Abilities.__dataclass_fields__}


def bounds_words(option: Option) -> str:
    """As in "Give a prime number from 2 to 655,373."."""
    values = {"wanted": WANTED[option.wanted], "lowest": grouped(option.lowest), "highest": grouped(option.highest)}
    return _("Give %(wanted)s from %(lowest)s to %(highest)s.") % values


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
