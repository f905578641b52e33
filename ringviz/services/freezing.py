"""Decides how long a requested freeze may last before its verdict: a setting of a managed cluster."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ringviz import events
from ringviz.bounds import MAX_VERDICT_DELAY_MS
from ringviz.errors import Invalid
from ringviz.models import Cluster
from ringviz.selectors.clusters import Known
from ringviz.services.decisions import Decision


def delay_verdict(delay_ms: int) -> Decision:
    """Declares a frozen server dead after `delay_ms`, 0 to 60,000. With 0, it is treated like any silent server."""

    def decide(on: Known) -> events.Payload:
        if on.cluster.kind != Cluster.Kind.MANAGED:
            raise Invalid("verdict_delay_ms", delay_ms, _("Only a managed cluster has servers that can be frozen."))
        check_verdict_delay(delay_ms)
        before = on.state["cluster"].get("verdict_delay_ms", 0)
        if delay_ms == before:
            raise Invalid("verdict_delay_ms", delay_ms, _("The verdict delay is already set to this."))
        return events.VerdictDelaySet(delay_ms=delay_ms, before_ms=before)

    return Decision("verdict_delay", {"verdict_delay_ms": str(delay_ms)}, decide)


def check_verdict_delay(delay_ms: int) -> None:
    """Raises Invalid for one that is out of bounds."""
    if not 0 <= delay_ms <= MAX_VERDICT_DELAY_MS:
        text = _("Give 0 to %(most)d seconds.") % {"most": MAX_VERDICT_DELAY_MS // 1_000}
        raise Invalid("verdict_delay_ms", delay_ms, text)
