"""The base of the forms for clusters and nodes: they save by a decision at the version that the person saw."""

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

_MOST_TOLD = 5  # most events listed when somebody else was faster

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

    `version` is the cluster's version when the form was rendered, so that people decide on what they saw. `late` is a
    service's refusal of the first save: it makes the form invalid, shows the message, and keeps the input. Each field
    also submits its initial value, so that an untouched field never overwrites somebody else's change.
    """

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    late: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read by the same query as the row itself. Rows created in other ways are not checked.
        self.fields["version"].initial = getattr(self.instance, "stream_version", None)
        for name in self._touchable():
            self.fields[name].show_hidden_initial = self.instance.pk is not None

    def clean(self) -> dict[str, Any] | None:
        """Whether only a service's refusal makes it invalid."""
        cleaned = super().clean()
        if self.late is not None:
            self._say(self.late)
        return cleaned

    def touched(self) -> list[str]:
        """The fields that were changed to a new value."""
        return [
            name
            for name in self._touchable()
            if name in self.changed_data
            and self.fields[name].has_changed(self.get_initial_for_field(self.fields[name], name), self[name].data)
        ]

    def decisions(self) -> list[Decision]:
        """The decisions for the input, those most likely to be refused first. Empty if nothing was changed."""
        raise NotImplementedError

    def carry_out(self, *, slug: str, actor: Actor) -> list[Event]:
        """Carries out the decisions, one event each, all or none. Raises what `changing.change` raises."""
        decisions, version = self.decisions(), self.cleaned_data["version"]
        # Only several events are computed inside the turn, because each builds on the one before.
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
        """Prepares the next save for the current version. Only touched fields keep their typed values."""
        data, touched = cast(QueryDict, self.data).copy(), self.changed_data
        data[self.add_prefix("version")] = str(version)
        for name in self._touchable():
            now = self.fields[name].prepare_value(self.get_initial_for_field(self.fields[name], name))
            data[self.add_initial_prefix(name)] = str(now)
            if name not in touched:
                data[self.add_prefix(name)] = str(now)
        self.data = data


def refusal_text(refused: Refused) -> str:
    """The message for a person. If the cluster changed first, it lists the newest few events."""
    if not isinstance(refused, StaleVersion) or not refused.events:
        return refused.message
    said = [event_words(event.kind, event.payload).text for event in refused.events[-_MOST_TOLD:]]
    if len(refused.events) > _MOST_TOLD:
        said.insert(0, "…")
    return _("The cluster has changed: %(what)s. Look at it, then decide again.") % {"what": ", ".join(said)}
