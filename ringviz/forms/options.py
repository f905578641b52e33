"""The parameters of a strategy in a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ringviz.bounds import MAX_OPTIONS_TEXT
from ringviz.core.abilities import spelled
from ringviz.errors import Invalid
from ringviz.services.checks import options_asked
from ringviz.strategies import every_option

_HELP = gettext_lazy("For example %(options)s. Leave it empty for the defaults.")


class OptionsField(forms.CharField):
    """Parameters of a strategy, as text."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("parameters of the strategy"),
            required=False,
            max_length=MAX_OPTIONS_TEXT,
            help_text=gettext_lazy("For example %(options)s. Leave it empty for the defaults.")
            % {"options": ", ".join(every_option())},
        )

    def prepare_value(self, value: Any) -> Any:
        """Options as text; text that was typed stays."""
        return spelled(value) if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> Any:
        """Parses options from a text. Raises ValidationError."""
        try:
            return options_asked(self.prepare_value(value) or "")
        except Invalid as invalid:
            raise forms.ValidationError(invalid.message) from invalid

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text gives different options."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except forms.ValidationError:
            return True
