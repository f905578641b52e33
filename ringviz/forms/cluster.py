"""A cluster, as an operator makes and configures it."""

from __future__ import annotations

from typing import Any

from live.actor import Actor
from live.models import Event
from ringviz.forms.deciding import DecidingForm
from ringviz.models import Cluster
from ringviz.services import decisions
from ringviz.services.clusters import create_cluster
from ringviz.services.decisions import Decision

_CREATED_WITH = ("slug", "name", "demo", "strategy", "vnodes", "copies", "seed", "key_set")
_CONFIGURED = ("strategy", "vnodes", "copies")


class AddClusterForm(DecidingForm[Cluster]):
    """A new cluster, without nodes."""

    class Meta:  # noqa: D106
        model = Cluster
        fields = _CREATED_WITH

    def carry_out(self, *, slug: str, actor: Actor) -> list[Event]:
        """Makes it."""
        wanted: dict[str, Any] = {name: self.cleaned_data[name] for name in _CREATED_WITH if name != "slug"}
        return [create_cluster(slug=slug, actor=actor, **wanted)]


class ChangeClusterForm(DecidingForm[Cluster]):
    """A cluster's settings and keys. Its address, name and seed stay."""

    class Meta:  # noqa: D106
        model = Cluster
        fields = (*_CONFIGURED, "key_set")

    def decisions(self) -> list[Decision]:
        """Settings are one event, other keys another."""
        wanted, found = self.cleaned_data, []
        if set(_CONFIGURED) & set(self.changed_data):
            found.append(decisions.configure(**{name: wanted[name] for name in _CONFIGURED}))
        if "key_set" in self.changed_data:
            found.append(decisions.use_keys(wanted["key_set"]))
        return found
