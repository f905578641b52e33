"""What the codes of readings, rows, alerts, holds and troubles mean, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from live.inert import shown
from live.wording import number
from locks.core.evidence import EVIDENCE
from locks.core.rows import Text, bytes_of

# In the order of `core.rows.WORST_FIRST`: the worst first.
ALERTS = {
    "stale_write": gettext_lazy("Stale write refused"),
    "overwritten": gettext_lazy("Overwritten without release"),
    "no_connection": gettext_lazy("Renewed, but the holder is not connected"),
    "missed_renewal": gettext_lazy("Missed its renewal"),
    "starving": gettext_lazy("A waiter is starving"),
    "long_held": gettext_lazy("Held past its usual time"),
    "no_ttl": gettext_lazy("No TTL"),
}
ENDS = {
    "released": gettext_lazy("released"),
    "expired": gettext_lazy("expired"),
    "broken": gettext_lazy("broken by an operator"),
    "overwritten": gettext_lazy("overwritten by another holder"),
    "gone": gettext_lazy("found missing"),
    "unknown": gettext_lazy("ended, cause unknown"),
}
INFERRED_ENDS = frozenset({"gone", "unknown"})
"""Ends that nobody saw."""
CONFIDENCE = {
    "certain": gettext_lazy("certain"),
    "likely": gettext_lazy("likely"),
    "possible": gettext_lazy("possible"),
}
TROUBLES = {  # the kinds of `sources.trouble`, and those of our own
    "refused": gettext_lazy("The server refuses the connection. Check that it runs and that the address is right."),
    "timeout": gettext_lazy("The server does not answer in time."),
    "dns": gettext_lazy("The server's name cannot be resolved."),
    "lost": gettext_lazy("The connection to the server was lost."),
    "auth": gettext_lazy("The server refuses the user name or password."),
    "noperm": gettext_lazy("The user of this source lacks a right that is needed. Compare its ACL with docs/locks.md."),
    "oom": gettext_lazy("The server is out of memory and refuses commands."),
    "loading": gettext_lazy("The server is loading its data."),
    "busy": gettext_lazy("Another client's script is blocking the server."),
    "readonly": gettext_lazy("The server is a replica and accepts no writes."),
    "stale": gettext_lazy("The server is a replica that lost its primary."),
    "moved": gettext_lazy("The cluster is moving slots."),
    "cluster": gettext_lazy("The cluster is down or does not serve every slot."),
    "sentinel": gettext_lazy("No Sentinel names a primary."),
    "tls": gettext_lazy("The TLS handshake failed. Check the certificate and the address."),
    "protocol": gettext_lazy("The program at that address is not a Redis or Valkey server."),
    "full": gettext_lazy("The server is not accepting new connections."),
    "config": gettext_lazy("The entry in LOCK_SOURCES is not valid."),
    "other": gettext_lazy("The server cannot be watched."),
}
_MOST_SHOWN = 120


def alert_text(kind: str) -> str:
    """What is wrong with a lock, in a few words."""
    return str(ALERTS.get(kind, kind))


def end_text(end: str) -> str:
    """How a hold ended."""
    return str(ENDS.get(end, end))


def trouble_text(kind: str, text: str = "") -> str:
    """Why a source cannot be watched, followed by the server's own message."""
    said = str(TROUBLES.get(kind, TROUBLES["other"]))
    return _("%(what)s It says: %(words)s") % {"what": said, "words": brief(text)} if text else said


def shown_text(text: Text) -> str:
    """Somebody else's name or value, in full and inert."""
    return shown(bytes_of(text))


def confidence_text(confidence: str) -> str:
    """How sure a reading is."""
    return str(CONFIDENCE.get(confidence, confidence))


def evidence_text(code: str) -> str:
    """The evidence for a reading, as a sentence."""
    return gettext(EVIDENCE[code]) if code in EVIDENCE else code


def brief(text: Text | None, most: int = _MOST_SHOWN) -> str:
    """Somebody else's name or value, for display: inert, with its middle left out if it is long; "" for None."""
    if text is None:
        return ""
    letters = shown_text(text)
    if len(letters) <= most:
        return letters
    tail = (most - 1) // 3
    return f"{letters[: most - 1 - tail]}…{letters[-tail:]}"


def holder_text(holder: Text | None, label: str | None = None) -> str:
    """Who holds a lock, as far as it is known."""
    if label:
        return brief(label)
    return brief(holder, 40) if holder else _("unknown holder")


def span(ms: float) -> str:
    """A length of time: "38 ms", "7.4 s", "3 min 20 s", "2 h 5 min"."""
    if ms < 1_000:
        return _("%(n)s ms") % {"n": number(ms)}
    if ms < 60_000:
        return _("%(n)s s") % {"n": number(ms / 1_000, 1)}
    minutes, seconds = divmod(int(ms // 1_000), 60)
    if minutes < 60:
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": seconds} if seconds else _("%(m)s min") % {"m": minutes}
    hours, minutes = divmod(minutes, 60)
    hours_text = _("%(h)s h") % {"h": number(hours)}
    return _("%(hours)s %(m)s min") % {"hours": hours_text, "m": minutes} if minutes else hours_text


def waits_text(waits: int, hidden: int) -> str:
    """How many wait, and how many locks hide their waiters."""
    said = ngettext("%(n)s wait", "%(n)s waits", waits) % {"n": number(waits)}
    if not hidden:
        return said
    unseen = ngettext("%(n)s lock hides its waiters", "%(n)s locks hide their waiters", hidden)
    return _("%(waits)s; %(hidden)s") % {"waits": said, "hidden": unseen % {"n": number(hidden)}}
