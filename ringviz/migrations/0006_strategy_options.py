"""Strategies have parameters, and clusters can be set to any of the core's."""

from django.db import migrations, models

import ringviz.strategies


class Migration(migrations.Migration):
    dependencies = [("ringviz", "0005_leadership")]

    operations = [
        migrations.AddField(
            "cluster", "options", models.JSONField(blank=True, default=dict, verbose_name="parameters of the strategy")
        ),
        migrations.AlterField(
            "cluster",
            "strategy",
            models.CharField(
                choices=ringviz.strategies.choices, default="ring", max_length=16, verbose_name="strategy"
            ),
        ),
    ]
