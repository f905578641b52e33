"""Refusals as JSON answers, for every view of a cluster that speaks JSON or binary."""

from __future__ import annotations

from live import answers
from ringviz.selectors.clusters import no_cluster

refusals_as_json = answers.refusals_as_json(no_cluster)
