"""Forms for adding and changing a node."""

from __future__ import annotations

from ringviz.forms.deciding import DecidingForm
from ringviz.models import Node
from ringviz.services import decisions
from ringviz.services.decisions import Decision


class AddNodeForm(DecidingForm[Node]):
    """A new node, active at once."""

    class Meta:
        model = Node
        fields = ("cluster", "name", "address", "zone", "weight")

    def decisions(self) -> list[Decision]:
        """One."""
        wanted = {name: self.cleaned_data[name] for name in ("name", "address", "zone", "weight")}
        return [decisions.add(**wanted)]


class ChangeNodeForm(DecidingForm[Node]):
    """A node's weight, address and zone. Its name determines its tokens and cannot change."""

    class Meta:
        model = Node
        fields = ("address", "zone", "weight")

    def decisions(self) -> list[Decision]:
        """The weight is one event, the other fields another."""
        number, touched, found = self.instance.number, self.touched(), list[Decision]()
        if "weight" in touched:
            found.append(decisions.reweight(number, self.cleaned_data["weight"]))
        if {"address", "zone"} & set(touched):
            place = {
                name: (self.cleaned_data if name in touched else self.initial)[name] for name in ("address", "zone")
            }
            found.append(decisions.edit(number, **place))
        return found
