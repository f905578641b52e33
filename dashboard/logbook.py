"""Events as the overview and the timeline list them: words, keys moved with their share, and who, for operators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.facts import Facts
from dashboard.wording import number, percent
from live.models import Event
from ringviz.words import event_words


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. Texts of what moved are empty where nothing can move, and speak of what was lost where a server died
    with its keys; shares are 0..1, None where unknown.
    """

    slug: str
    name: str
    v: int
    at: datetime
    text: str
    href: str
    moved_text: str
    count_text: str
    unit: str
    share: float | None
    share_text: str
    modulo: float | None
    modulo_text: str
    who: str

    @property
    def share_width(self) -> float:
        """Of a bar that is 100 wide when all keys move."""
        return round(100 * (self.share or 0), 2)

    @property
    def modulo_width(self) -> float:
        """The same for what modulo would have moved."""
        return round(100 * (self.modulo or 0), 2)


def entry(event: Event, *, slug: str, name: str, with_who: bool = False) -> Entry:
    """What is said of an event of the cluster with this slug and name."""
    movement: dict[str, Any] = event.payload.get("movement") or {}
    loss: dict[str, Any] | None = event.payload.get("loss")  # then nothing arrived anywhere
    keys, moved = movement.get("keys", 0), movement.get("moved")
    # Other settings leave the nodes as they are, and modulo asks for the nodes alone: nothing to set beside them.
    modulo = None if event.kind == "cluster_reconfigured" else (movement.get("modulo") or {}).get("moved")
    share = moved / keys if keys and moved is not None else None
    modulo_share = modulo / keys if keys and modulo is not None else None
    return Entry(
        slug=slug,
        name=name,
        v=event.version,
        at=event.at,
        text=_text(event),
        href=f"{reverse('ringviz:ring', args=[slug])}?v={event.version}",
        moved_text=_moved(moved, loss),
        count_text="" if moved is None else number(loss["keys"] if loss else moved),
        unit=_("lost") if loss else _("moved"),
        share=share,
        share_text=percent(share),
        modulo=modulo_share,
        modulo_text=percent(modulo_share),
        who=_who(event) if with_who else "",
    )


def newest(clusters: Iterable[Facts], count: int) -> list[Entry]:
    """The newest events of all of these clusters, at most `count`, newest first. One small query a cluster."""
    by_stream = {facts.stream_id: facts for facts in clusters}
    places: list[tuple[datetime, int, int]] = []
    for stream_id in by_stream:
        rows = Event.objects.filter(stream_id=stream_id).order_by("-version")
        places += [(at, stream_id, pk) for at, pk in rows.values_list("at", "pk")[:count]]
    wanted = [pk for _at, _stream, pk in sorted(places, reverse=True)[:count]]
    events = Event.objects.in_bulk(wanted)
    listed = [(events[pk], by_stream[events[pk].stream_id]) for pk in wanted if pk in events]
    return [entry(event, slug=facts.slug, name=facts.name) for event, facts in listed]


def oldest_at(stream_id: int, lowest: int) -> datetime | None:
    """When the oldest event that is held happened; `lowest` is the floor of the stream."""
    held = Event.objects.filter(stream_id=stream_id, version__gt=lowest).order_by("version")
    return held.values_list("at", flat=True).first()


def _text(event: Event) -> str:
    words = event_words(event.kind, event.payload).text
    # "8 nodes" says enough beside the ring; in a list of changes it needs its verb.
    return _("created with %(nodes)s") % {"nodes": words} if event.kind == "cluster_created" else words


def _moved(keys: int | None, loss: dict[str, Any] | None) -> str:
    if keys is None:
        return ""
    if loss:
        return ngettext("%(n)s key lost", "%(n)s keys lost", loss["keys"]) % {"n": number(loss["keys"])}
    return ngettext("%(n)s key moved", "%(n)s keys moved", keys) % {"n": number(keys)}


def _who(event: Event) -> str:
    origins = {
        "page": _("page"),
        "admin": _("admin"),
        "command line": _("command line"),
        "seed": _("seed"),
        "system": _("system"),
    }
    origin = origins.get(event.origin, event.origin)
    same = event.actor == event.origin
    return origin if same else _("%(actor)s, %(origin)s") % {"actor": event.actor, "origin": origin}
