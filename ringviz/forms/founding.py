"""The base of the forms for new and attached clusters, which do not exist yet."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model

from live.actor import Actor
from live.models import Event
from ringviz.forms.deciding import DecidingForm

M = TypeVar("M", bound=Model)


class FoundingForm(DecidingForm[M]):
    """A form that saves the first event of a stream."""

    founded_with: tuple[str, ...] = ()  # fields that `found` is given as they are

    def found(self, *, slug: str, actor: Actor, **given: Any) -> Event:
        """The first event. Raises NotAllowed, Invalid."""
        raise NotImplementedError

    def carry_out(self, *, slug: str, actor: Actor) -> list[Event]:
        """Founds it. Raises what `found` raises."""
        given = {name: self.cleaned_data[name] for name in self.founded_with}
        return [self.found(slug=slug, actor=actor, **given)]
