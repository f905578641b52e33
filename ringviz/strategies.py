"""What each strategy is called, in the language of whoever reads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NAMES = {
    "ring": _("hash ring"),
    "modulo": _("modulo"),
    "rendezvous": _("rendezvous"),
    "jump": _("jump hash"),
    "maglev": _("Maglev"),
    "multiprobe": _("multi-probe"),
    "bounded": _("ring with bounded loads"),
}


def name_of(strategy: str) -> str:
    """As in "hash ring", within a sentence."""
    return str(NAMES[strategy])
