"""The form that attaches an external cluster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.actor import Actor
from live.models import Event
from ringviz.bounds import MAX_ADDRESS, MAX_NAME, MAX_PASSWORD, MAX_SLUG
from ringviz.forms.founding import FoundingForm
from ringviz.models import Attachment
from ringviz.services.external import attach


class AttachForm(FoundingForm[Attachment]):
    """The cluster's address and name. The password is stored in a file and never shown again."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=MAX_NAME)
    slug = forms.SlugField(
        label=gettext_lazy("address of its page"),
        max_length=MAX_SLUG,
        help_text=gettext_lazy("The part after /clusters/: lower-case letters, digits and hyphens."),
    )
    address = forms.CharField(
        label=gettext_lazy("address of the cluster"),
        max_length=MAX_ADDRESS,
        help_text=gettext_lazy("host:port of any of its members. ALLOWED_TARGETS must let it in."),
    )
    password = forms.CharField(
        label=gettext_lazy("password"),
        max_length=MAX_PASSWORD,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "The servers' password, if they need one. It is never shown again: after an error, type it again."
        ),
    )
    founded_with = ("name", "address", "username", "password")
    field_order = ("name", "slug", "address", "username", "password")

    class Meta:
        model = Attachment
        fields = ("username",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "address" in self.fields and not settings.ALLOWED_TARGETS:
            self.fields["address"].help_text = _(
                "Nothing can be attached yet: ALLOWED_TARGETS is empty. Name the servers there, and restart."
            )

    def found(self, *, slug: str, actor: Actor, **given: Any) -> Event:
        """Attaches it. Raises NotAllowed, Invalid."""
        return attach(actor=actor, slug=slug, **given)
