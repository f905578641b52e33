"""How much of the event log is stored: writes checkpoints and deletes the events that they replace."""

from typing import Any

from live.models import Checkpoint, Event
from live.reading import head
from live.turns import write_turn


def keep_checkpoint(stream_id: int, version: int, state: dict[str, Any]) -> Checkpoint:
    """Stores the state after all events up to `version`. If the version already has a checkpoint, that one stays."""
    kept, _ = Checkpoint.objects.get_or_create(stream_id=stream_id, version=version, defaults={"state": state})
    return kept


def trim(stream_id: int, keep: int) -> int:
    """Deletes the events that a checkpoint at least `keep` versions below the head covers, and older checkpoints.

    Every version from that checkpoint (the new floor) on can still be rebuilt. Returns the number of deleted events, 0
    if there is no such checkpoint. Raises Stream.DoesNotExist.
    """
    with write_turn():
        limit = head(stream_id).version - keep
        base = Checkpoint.objects.filter(stream_id=stream_id, version__lte=limit).order_by("-version").first()
        if base is None:
            return 0
        gone, _ = Event.objects.filter(stream_id=stream_id, version__lte=base.version).delete()
        Checkpoint.objects.filter(stream_id=stream_id, version__lt=base.version).delete()
        return gone
