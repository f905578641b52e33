"""Clusters as places: where the sockets, the timeline, the overview and the navigation find them.

Imported at every start of Django, so slow imports wait until they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from live.places import Overview, Page, Place, Places, Process, TimelineWords
from ringviz.events import ring
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import PREFIX, place_of, state_of_stream


class Clusters(Places):
    """Every cluster, the demos first."""

    prefix = PREFIX
    urls = "ringviz.urls"
    noun = _("Cluster")
    empty_template = "ringviz/partials/no_cluster.html"
    new = Page(_("New cluster"), "ringviz:create")
    timeline = TimelineWords(
        hint=_("Every change, newest first. A version names a moment: open one to see the ring as it was."),
        began=_("This is where the cluster began."),
        no_match=_("Choose another kind or node, or all of them."),
        name=_("Node"),
        any_name=_("Every node"),
        effect=_("Keys moved or lost"),
        share=_("Share of keys that changed owner; below it, by modulo"),
        peer=_("modulo:"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.carry(ring, state_of_stream)
        self.show(Page(_("Ring"), "ringviz:ring", ("ringviz:node_keys",)))
        self.show(Page(_("Compare"), "ringviz:compare"))

    def find(self, slug: str) -> Place | None:
        """One query."""
        cluster = Cluster.objects.filter(slug=slug).first()
        return place_of(cluster) if cluster else None

    def listed(self, most: int) -> list[Place]:
        """One query."""
        return [place_of(cluster) for cluster in Cluster.objects.order_by("-demo", "name")[:most]]

    def overview(self) -> Overview:
        """One row of one query for each cluster that did not change since the last call."""
        from ringviz.cards.card import overview_of
        from ringviz.cards.facts import all_facts

        return overview_of(all_facts())

    def names(self, place: Place, most: int) -> list[str]:
        """The nodes' names, in the order of their numbers."""
        nodes = Node.objects.filter(cluster__slug=place.slug).order_by("number")
        return list(nodes.values_list("name", flat=True)[:most])

    def processes(self) -> Sequence[Process]:
        """The supervisor, if there are managed clusters."""
        from ringviz.selectors.leading import supervisor

        return supervisor()
