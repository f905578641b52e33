"""The keys on a managed node's server now, for operators: a page of them, or a random sample.

Values reveal more than the ring shows to everybody, so the actor is checked here. BROWSE_KEYS=0 turns this off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from live import refusals
from live.actor import Actor
from ringviz.bounds import BROWSE_WITHIN_S, BROWSED_KEYS
from ringviz.core.buckets import bucket_of, key_stored_as
from ringviz.core.placement import Murmur
from ringviz.core.state import NodeState
from ringviz.errors import Invalid, NotFound, Refused
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import Known, seen
from ringviz.selectors.measured import TIMEOUT_S, stop_of
from ringviz.selectors.placing import members_of
from ringviz.stores import passwords
from servers.address import Address
from servers.driver.browsing import Held, Look
from servers.driver.engine import Engine
from servers.errors import EngineError, Refusal

_CURSORS = 2**64


class MayNotBrowse(refusals.NotAllowed):
    """The actor may see the ring, but not the keys on its servers."""


class NotBrowsable(Refused):
    """This node has no server of ours that can be asked now. `status`: its state conflicts with the request."""

    status = 409


class NoAnswer(Refused):
    """The server did not answer."""

    status = 503


@dataclass(frozen=True, slots=True)
class Found:
    """A key on a server. `key` is None if its name is not one of ours, so somebody else stored it."""

    key: bytes | None
    held: Held


@dataclass(frozen=True, slots=True)
class Browsed:
    """A server's answer. `cursor` is where the next page begins, 0 after the last; `drawn` is 0 for a page."""

    keys: list[Found]
    total: int
    cursor: int
    drawn: int


def is_browsable(cluster: Cluster) -> bool:
    """Whether operators may browse the nodes of a cluster that have a server."""
    return cluster.kind == Cluster.Kind.MANAGED and settings.BROWSE_KEYS


def browsable(slug: str, number: int, actor: Actor) -> tuple[Known, NodeState]:
    """The cluster, and the node whose server can be asked. Raises NotFound, MayNotBrowse, NotBrowsable."""
    now = seen(slug)
    _check_may(actor)
    node = next((node for node in now.state["nodes"] if node["number"] == number), None)
    if node is None:
        raise NotFound(_("%(cluster)s has no node number %(number)s.") % {"cluster": slug, "number": number})
    if reason := _why_not(now, node):
        raise NotBrowsable(reason)
    return now, node


def page_of_keys(now: Known, node: NodeState, cursor: str) -> Browsed:
    """The next keys from a cursor on, "" for the first. Raises Invalid, NoAnswer."""
    place = _cursor(cursor)
    return _asked(now, node, lambda engine, at: engine.page_of_keys(at, place, BROWSED_KEYS, BROWSE_WITHIN_S))


def random_keys(now: Known, node: NodeState) -> Browsed:
    """The different keys of BROWSED_KEYS random draws. Raises NoAnswer."""
    return _asked(now, node, lambda engine, at: engine.random_keys(at, BROWSED_KEYS, BROWSE_WITHIN_S))


def _asked(now: Known, node: NodeState, look: Callable[[Engine, Address], Look]) -> Browsed:
    engine = Engine(passwords.kept(now.cluster.pk), TIMEOUT_S + stop_of(node))
    try:
        found = look(engine, Address.parse(node["address"]))
    except Refusal as refusal:
        text = _("The server refused: %(why)s. Start from the beginning.")
        raise Invalid("cursor", node["name"], text % {"why": str(refusal)}) from refusal
    except EngineError as error:
        text = _("The server of %(node)s did not answer in time. It may be frozen or busy. Try again.")
        raise NoAnswer(text % {"node": node["name"]}) from error
    finally:
        engine.close()
    placement = Murmur(seed=now.cluster.seed)
    keys = [Found(_ours(held.name, placement), held) for held in found.keys]
    return Browsed(keys, found.total, found.cursor, found.drawn)


def _ours(name: bytes, placement: Murmur) -> bytes | None:
    """The key stored under a name, if that is the name that its hash gives it."""
    known = key_stored_as(name)
    return known[0] if known and bucket_of(placement.hash(known[0])) == known[1] else None


def _check_may(actor: Actor) -> None:
    if not settings.BROWSE_KEYS:
        raise MayNotBrowse(_("Keys and values cannot be browsed here: the setting BROWSE_KEYS is 0."))
    if not actor.may_operate:
        raise MayNotBrowse(_("Only operators can see keys and values. Sign in as an operator to browse them."))


def _why_not(now: Known, node: NodeState) -> str:
    """Why a node cannot be browsed, in a sentence; empty if it can."""
    if now.cluster.kind == Cluster.Kind.EXTERNAL:
        return _("Somebody else runs this cluster. Ringviz reads its slot map and its counts, but never its keys.")
    if now.cluster.kind != Cluster.Kind.MANAGED:
        return _("This cluster is simulated: no server stores its keys.")
    if node["state"] == Node.State.FROZEN:
        return _("%(node)s is frozen, so it cannot answer. Thaw it, then try again.") % {"node": node["name"]}
    served = node in members_of(now.state) and node["address"] and passwords.kept(now.cluster.pk)
    if not served:
        return _("%(node)s has no server now, so there is nothing to browse.") % {"node": node["name"]}
    return ""


def _cursor(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_CURSORS)) and int(text) < _CURSORS):
        raise Invalid("cursor", text, _("This is not a place in the list of keys. Start from the beginning."))
    return int(text)
