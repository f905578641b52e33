"""What the forms of clusters and nodes have in common: they save by deciding, at the version that a person saw."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _

from live.actor import Actor
from live.models import Event
from live.subjects import event_words
from live.turns import write_turn
from ringviz.errors import Invalid, Refused, StaleVersion
from ringviz.services.changing import change
from ringviz.services.decisions import Decision

M = TypeVar("M", bound=Model)

_MOST_TOLD = 5  # events, of those that came first

if TYPE_CHECKING:
    from django.forms import ModelForm

    class _ModelForm(ModelForm[M]):
        pass
else:

    class _ModelForm(forms.ModelForm):
        def __class_getitem__(cls, _model: type) -> type:
            return cls


class DecidingForm(_ModelForm[M]):
    """A form of a row that only services may write.

    `version` is the cluster's version that the form was drawn at: whoever saves decides on what they saw. `late` is
    what a service refused when the form was first saved: with it the form is invalid, says so, and keeps its input.
    Each field brings along what it was drawn with, so that what was not touched is never sent back over what somebody
    else has made of it meanwhile.
    """

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    late: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read by the same query as the row itself; a row that was made otherwise is checked against nothing.
        self.fields["version"].initial = getattr(self.instance, "stream_version", None)
        for name in self._touchable():
            self.fields[name].show_hidden_initial = self.instance.pk is not None

    def clean(self) -> dict[str, Any] | None:
        """Refused only by what a service said."""
        cleaned = super().clean()
        if self.late is not None:
            self._say(self.late)
        return cleaned

    def touched(self) -> list[str]:
        """The fields that were changed, and are not so already."""
        return [
            name
            for name in self._touchable()
            if name in self.changed_data
            and self.fields[name].has_changed(self.get_initial_for_field(self.fields[name], name), self[name].data)
        ]

    def decisions(self) -> list[Decision]:
        """What the input asks for, the most likely to be refused first; nothing where nothing was changed."""
        raise NotImplementedError

    def carry_out(self, *, slug: str, actor: Actor) -> list[Event]:
        """Does it, an event for each decision; all of them or none. Raises what `changing.change` raises."""
        decisions, version = self.decisions(), self.cleaned_data["version"]
        # Only what is more than one event is computed within the turn: the second has to stand on the first.
        with write_turn() if len(decisions) > 1 else nullcontext():
            events: list[Event] = []
            for decision in decisions:
                events.append(change(slug=slug, actor=actor, version=version, decision=decision))
                version = version and events[-1].version
            return events

    def _touchable(self) -> list[str]:
        return [name for name in self.fields if name != "version"]

    def _say(self, refused: Refused) -> None:
        if isinstance(refused, StaleVersion):
            self._draw_anew(refused.actual)
        named = refused.field if isinstance(refused, Invalid) and refused.field in self.fields else None
        self.add_error(named, refusal_text(refused))

    def _draw_anew(self, version: int) -> None:
        """What is saved next is decided on what is so now: only what was touched stays as it was typed."""
        data, touched = cast(QueryDict, self.data).copy(), self.changed_data
        data[self.add_prefix("version")] = str(version)
        for name in self._touchable():
            now = self.fields[name].prepare_value(self.get_initial_for_field(self.fields[name], name))
            data[self.add_initial_prefix(name)] = str(now)
            if name not in touched:
                data[self.add_prefix(name)] = str(now)
        self.data = data


def refusal_text(refused: Refused) -> str:
    """What a person is told; of a cluster that changed first, also how: the newest few events."""
    if not isinstance(refused, StaleVersion) or not refused.events:
        return refused.message
    said = [event_words(event.kind, event.payload).text for event in refused.events[-_MOST_TOLD:]]
    if len(refused.events) > _MOST_TOLD:
        said.insert(0, "…")
    return _("The cluster has changed: %(what)s. Look at it, then decide again.") % {"what": ", ".join(said)}
