"""Forms for creating and configuring a cluster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.actor import Actor
from live.models import Event
from ringviz.bounds import MAX_KEYS, MAX_NODES, MAX_PATTERN, MIB
from ringviz.events import Settings
from ringviz.forms.deciding import DecidingForm
from ringviz.forms.founding import FoundingForm
from ringviz.forms.options import OptionsField
from ringviz.models import Cluster
from ringviz.services import decisions, freezing
from ringviz.services.changing import check_allowed
from ringviz.services.clusters import DEFAULT_MEMORY, create_cluster
from ringviz.services.decisions import Decision
from ringviz.services.keys import pattern_key_set

_CREATED_WITH = ("name", "demo", "strategy", "options", "vnodes", "copies", "seed")
_CONFIGURED = tuple(Settings.__annotations__)
_COPIES_NOTE = gettext_lazy("On a managed cluster a what-if that the page shows. Servers keep replicas instead.")


class AddClusterForm(FoundingForm[Cluster]):
    """A new cluster, simulated or of servers, with keys that are there or that a pattern makes."""

    options = OptionsField()
    pattern = forms.CharField(
        label=gettext_lazy("or a key pattern"),
        max_length=MAX_PATTERN,
        required=False,
        help_text=gettext_lazy("Such as user:{n}, where {n} is the number of the key."),
    )
    count = forms.IntegerField(
        label=gettext_lazy("number of keys"),
        min_value=0,
        max_value=MAX_KEYS,
        required=False,
        help_text=gettext_lazy("For a pattern. A hundred thousand keys give an even picture."),
    )

    managed = forms.BooleanField(
        label=gettext_lazy("managed"),
        required=False,
        help_text=gettext_lazy("Make each node a server and store each key. Otherwise nodes and keys are simulated."),
    )
    nodes = forms.IntegerField(
        label=gettext_lazy("number of nodes"),
        min_value=0,
        max_value=MAX_NODES,
        required=False,
        help_text=gettext_lazy("Named node-1 and so on. A managed cluster needs at least one."),
    )
    memory_mib = forms.IntegerField(
        label=gettext_lazy("memory of a server, MiB"),
        min_value=0,
        required=False,
        initial=DEFAULT_MEMORY // MIB,
        help_text=gettext_lazy("Of a managed cluster."),
    )

    founded_with = _CREATED_WITH

    class Meta:
        model = Cluster
        fields = ("slug", *_CREATED_WITH, "replicas", "key_set")
        help_texts = {"copies": _COPIES_NOTE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key_set"].required = False
        self.fields["replicas"].required = False

    def clean(self) -> dict[str, Any] | None:
        """Keys of either kind."""
        cleaned = super().clean()
        given = self.cleaned_data
        told = {"key_set", "pattern"} & self.errors.keys()
        if not told and bool(given.get("key_set")) == bool(given.get("pattern")):
            self.add_error("key_set", _("Choose the keys, or give a pattern and a number of keys."))
        if given.get("pattern") and given.get("count") is None:
            self.add_error("count", _("Give the number of keys to make from the pattern."))
        return cleaned

    def found(self, *, slug: str, actor: Actor, **given: Any) -> Event:
        """Creates the keys, if requested, and the cluster. Raises NotAllowed, Invalid."""
        check_allowed(actor)
        asked = self.cleaned_data
        memory = asked["memory_mib"]
        return create_cluster(
            slug=slug,
            actor=actor,
            key_set=asked["key_set"] or pattern_key_set(pattern=asked["pattern"], count=asked["count"]),
            nodes=[{"name": f"node-{number}"} for number in range(1, (asked["nodes"] or 0) + 1)],
            kind=Cluster.Kind.MANAGED if asked["managed"] else Cluster.Kind.SIMULATED,
            replicas=asked["replicas"] or 0,
            memory=DEFAULT_MEMORY if memory is None else memory * MIB,
            **given,
        )


class ChangeClusterForm(DecidingForm[Cluster]):
    """A cluster's settings and keys. Its address, name and seed cannot change."""

    options = OptionsField()

    class Meta:
        model = Cluster
        fields = (*_CONFIGURED, "verdict_delay_ms", "key_set")
        help_texts = {"copies": _COPIES_NOTE}

    def decisions(self) -> list[Decision]:
        """Settings, the verdict delay and new keys are separate events."""
        touched, found = self.touched(), list[Decision]()
        if settings := {name: self.cleaned_data[name] for name in _CONFIGURED if name in touched}:
            found.append(decisions.configure(**settings))
        if "verdict_delay_ms" in touched:
            found.append(freezing.delay_verdict(self.cleaned_data["verdict_delay_ms"]))
        if "key_set" in touched:
            found.append(decisions.use_keys(self.cleaned_data["key_set"]))
        return found
