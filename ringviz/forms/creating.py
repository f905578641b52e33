"""The form that creates a cluster on a page: the admin's form, with defaults that give a cluster worth looking at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from live.wording import grouped
from ringviz.bounds import LEAST_MEMORY, MAX_NODES, MAX_SERVED_NODES, MAX_SLUG, MIB, MOST_MEMORY
from ringviz.errors import Invalid, Refused
from ringviz.forms.cluster import AddClusterForm
from ringviz.services.keys import DEFAULT_COUNT, DEFAULT_PATTERN

DEFAULT_NODES = 5


@dataclass(frozen=True, slots=True)
class Group:
    """A group of fields. If `folded`, they are shown on request, or when one of them has an error."""

    title: str
    fields: list[forms.BoundField]
    folded: bool = False


class NewClusterForm(AddClusterForm):
    """An empty address is made from the name. An existing key set takes precedence over a pattern."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        given = {"nodes": DEFAULT_NODES, "pattern": DEFAULT_PATTERN, "count": DEFAULT_COUNT}
        for name, value in given.items():
            self.fields[name].initial = value
        for name, text in _helps().items():
            self.fields[name].help_text = text
        self.fields["slug"].label = _("address of its page")
        self.fields["pattern"].label = _("key pattern")
        self.fields["key_set"].label = _("or an existing key set")

    def groups(self) -> list[Group]:
        """The fields as the page shows them."""
        rest = ("strategy", "options", "vnodes", "copies", "seed", "demo")
        return [
            Group(_("Cluster"), self._bound("name", "slug", "managed")),
            Group(_("Nodes"), self._bound("nodes", "replicas", "memory_mib")),
            Group(_("Keys"), self._bound("pattern", "count", "key_set")),
            Group(_("Placement"), self._bound(*rest), folded=not any(name in self.errors for name in rest)),
        ]

    def clean(self) -> dict[str, Any] | None:
        """Fills in what the person left empty."""
        given = self.cleaned_data
        if not given.get("slug") and "slug" not in self.errors and given.get("name"):
            given["slug"] = slugify(given["name"])[:MAX_SLUG].strip("-")
            if not given["slug"]:
                self.add_error("slug", _("Give an address: lowercase letters, digits and hyphens."))
        if given.get("key_set"):
            given["pattern"] = ""
        return super().clean()

    def _say(self, refused: Refused) -> None:
        """The memory in bytes, as the services count it; a person types MiB."""
        if isinstance(refused, Invalid) and refused.field == "memory":
            self.add_error("memory_mib", refused.message)
        else:
            super()._say(refused)

    def _bound(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]


def _helps() -> dict[str, str]:
    """Adds the help texts, with the limits."""
    memory = {
        "least": grouped(LEAST_MEMORY // MIB),
        "most": grouped(MOST_MEMORY // MIB),
        "all": grouped(settings.SERVERS_MEMORY_MIB),
    }
    return {
        "slug": _("The part after /clusters/. Leave it empty to make it from the name."),
        "nodes": _("1 to %(managed)s servers, or up to %(simulated)s simulated nodes, named node-1, node-2, ...")
        % {"managed": grouped(MAX_SERVED_NODES), "simulated": grouped(MAX_NODES)},
        "replicas": _("0 or 1. A replica takes over when its server dies. Managed clusters only."),
        "memory_mib": _("%(least)s to %(most)s; all servers together may take %(all)s. Managed clusters only.")
        % memory,
        "key_set": _("If you choose one, the pattern is not used."),
        "copies": _("Simulated clusters only. Managed clusters have replicas instead."),
    }
