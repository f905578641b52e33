"""The first requests of a race as binary data for drawing."""

from __future__ import annotations

from balancer.core.simulator.plan import Frozen
from balancer.selectors.race import Raced
from live.packed import packed


def trace_file(found: Raced) -> bytes:
    """race.bin, which `static/js/balancer/trace.js` reads. Each drawn request takes 4 bytes, plus 10 per policy.

    The header is `{"nodes", "requests", "policies", "freeze"}`: counts, and null or `{"place", "start", "every",
    "part"}`. Then follow the arrivals; for each policy, best first, the start and end of service (Float32, in mean
    service times); and for each policy the place of the node (Int16, -1 if refused).
    """
    traces = [one.outcome.trace for one in found.ranked if one.outcome.trace is not None]
    arrivals = traces[0].arrivals
    header: dict[str, object] = {
        "nodes": found.race.nodes,
        "requests": len(arrivals),
        "policies": len(traces),
        "freeze": _freeze(found.race.frozen),
    }
    times = [column for trace in traces for column in (trace.starts, trace.departs)]
    return packed(header, arrivals, *times, *(trace.place for trace in traces))


def _freeze(frozen: Frozen | None) -> dict[str, object] | None:
    if frozen is None:
        return None
    return {"place": frozen.place, "start": frozen.start, "every": frozen.every, "part": frozen.part}
