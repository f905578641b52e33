"""How much of the event log is kept: checkpoints, and the events that they replace."""

from typing import Any

from live.models import Checkpoint, Event
from live.reading import head
from live.turns import write_turn


def keep_checkpoint(stream_id: int, version: int, state: dict[str, Any]) -> Checkpoint:
    """Keeps what all events up to `version` add up to. The same version twice is one checkpoint, the first."""
    kept, _ = Checkpoint.objects.get_or_create(stream_id=stream_id, version=version, defaults={"state": state})
    return kept


def trim(stream_id: int, keep: int) -> int:
    """Deletes the events that a checkpoint at least `keep` versions below the head covers, and older checkpoints.

    Every version from that checkpoint (the new floor) on can still be rebuilt. Returns how many events went: 0 where
    there is no such checkpoint. Raises Stream.DoesNotExist.
    """
    with write_turn():
        limit = head(stream_id).version - keep
        base = Checkpoint.objects.filter(stream_id=stream_id, version__lte=limit).order_by("-version").first()
        if base is None:
            return 0
        gone, _ = Event.objects.filter(stream_id=stream_id, version__lte=base.version).delete()
        Checkpoint.objects.filter(stream_id=stream_id, version__lt=base.version).delete()
        return gone
