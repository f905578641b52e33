"""What the forms of clusters and nodes have in common: they save by deciding, at the version that a person saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _

from live.actor import Actor
from live.models import Event
from ringviz.errors import Invalid, Refused, StaleVersion
from ringviz.services.changing import change
from ringviz.services.decisions import Decision
from ringviz.words import event_words

M = TypeVar("M", bound=Model)

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
    """

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    late: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read by the same query as the row itself; a row that was made otherwise is checked against nothing.
        self.fields["version"].initial = getattr(self.instance, "stream_version", None)

    def clean(self) -> dict[str, Any] | None:
        """Refused only by what a service said."""
        cleaned = super().clean()
        if self.late is not None:
            self._say(self.late)
        return cleaned

    def decisions(self) -> list[Decision]:
        """What the input asks for, the most likely to be refused first; nothing where nothing was changed."""
        raise NotImplementedError

    def carry_out(self, *, slug: str, actor: Actor) -> list[Event]:
        """Does it, an event for each decision. Raises what `changing.change` raises."""
        version, events = self.cleaned_data["version"], []
        for decision in self.decisions():
            events.append(change(slug=slug, actor=actor, version=version, decision=decision))
            version = version and events[-1].version
        return events

    def _say(self, refused: Refused) -> None:
        text = refused.message
        if isinstance(refused, StaleVersion) and refused.events:
            what = ", ".join(event_words(event.kind, event.payload).text for event in refused.events)
            text = _("The cluster changed first: %(what)s. Look at it, then save again.") % {"what": what}
        if isinstance(refused, StaleVersion):
            # What is drawn now is decided on what is so now.
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("version")] = str(refused.actual)
            self.data = data
        named = refused.field if isinstance(refused, Invalid) and refused.field in self.fields else None
        self.add_error(named, text)
