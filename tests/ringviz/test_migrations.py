"""Data that a migration rewrites: checkpoints of a log from before a stream could carry several subjects."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from live.log import create_stream
from live.models import Checkpoint
from live.retention import keep_checkpoint
from ringviz.selectors.past import state_at
from tests.ringviz.story import story

parts = import_module("ringviz.migrations.0004_parts")


def test_old_checkpoints_become_the_rings_part_and_back(db):
    steps = list(story())
    stream_id = steps[0].event.stream_id
    old = keep_checkpoint(stream_id, 3, dict(steps[2].after))
    foreign = keep_checkpoint(create_stream("lamp").pk, 1, {"lamp": {"colour": "red"}})
    for _twice in range(2):
        parts._wrap(apps, None)
        assert Checkpoint.objects.get(pk=old.pk).state == {"ring": steps[2].after}
    assert state_at(stream_id, 4) == steps[3].after
    parts._unwrap(apps, None)
    assert Checkpoint.objects.get(pk=old.pk).state == steps[2].after
    assert Checkpoint.objects.get(pk=foreign.pk).state == {"lamp": {"colour": "red"}}
