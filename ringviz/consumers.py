"""The WebSocket of the pages of one cluster. It reads; it writes nothing."""

from __future__ import annotations

from typing import Any

from live.consumer import StreamConsumer
from ringviz.models import Cluster
from ringviz.selectors.clusters import known


class ClusterConsumer(StreamConsumer):
    """Events of a cluster for whoever has its page open, the same for operators and those who watch."""

    async def find_stream(self) -> int | None:
        """The stream of the cluster that the address names."""
        slug = self.scope["url_route"]["kwargs"]["slug"]
        clusters = Cluster.objects.filter(slug=slug).values_list("stream_id", flat=True)
        return await self.read(clusters.first)

    def snapshot(self, stream_id: int) -> dict[str, Any]:
        """The state that the rows hold, of exactly one version."""
        on = known(Cluster.objects.values_list("slug", flat=True).get(stream_id=stream_id))
        return {"v": on.v, "epoch": on.epoch, "state": on.state}
