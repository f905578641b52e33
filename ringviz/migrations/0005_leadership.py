"""Who leads is kept in `locks`, for every role. The supervisor's fencing tokens must go on rising."""

from typing import Any

from django.db import migrations

ROLE = "supervisor"


def _move(apps: Any, _schema: Any) -> None:
    last = apps.get_model("ringviz", "Leadership").objects.order_by("-fencing_token").first()
    if last is not None:
        kept = {"fencing_token": last.fencing_token, "holder": last.holder, "since": last.since}
        apps.get_model("locks", "Leadership").objects.update_or_create(role=ROLE, defaults=kept)


def _move_back(apps: Any, _schema: Any) -> None:
    for last in apps.get_model("locks", "Leadership").objects.filter(role=ROLE):
        kept = {"fencing_token": last.fencing_token, "holder": last.holder, "since": last.since}
        apps.get_model("ringviz", "Leadership").objects.create(**kept)


class Migration(migrations.Migration):
    dependencies = [("ringviz", "0004_parts"), ("locks", "0002_leadership")]

    operations = [migrations.RunPython(_move, _move_back), migrations.DeleteModel("Leadership")]
