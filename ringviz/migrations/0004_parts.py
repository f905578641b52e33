"""Checkpoints keep the state of each subject under its name. Those of before held the ring's state alone."""

from typing import Any

from django.db import migrations


def _each(apps: Any, change: Any) -> None:
    checkpoint = apps.get_model("live", "Checkpoint")
    streams = apps.get_model("ringviz", "Cluster").objects.values("stream_id")
    for pk in list(checkpoint.objects.filter(stream_id__in=streams).values_list("pk", flat=True)):
        one = checkpoint.objects.get(pk=pk)  # one at a time: a state can be a megabyte
        one.state = change(one.state)
        one.save(update_fields=["state"])


def _wrap(apps: Any, _schema: Any) -> None:
    _each(apps, lambda state: {"ring": state} if "cluster" in state else state)


def _unwrap(apps: Any, _schema: Any) -> None:
    _each(apps, lambda state: state.get("ring", state))


class Migration(migrations.Migration):
    dependencies = [("ringviz", "0003_external"), ("live", "0001_initial")]

    operations = [migrations.RunPython(_wrap, _unwrap, elidable=True)]
