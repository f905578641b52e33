"""A drained node is called so everywhere. No column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The words of the states of a node."""

    dependencies = [("ringviz", "0007_pulse")]

    operations = [
        migrations.AlterField(
            model_name="node",
            name="state",
            field=models.CharField(
                choices=[
                    ("active", "active"),
                    ("suspected", "suspected"),
                    ("frozen", "frozen"),
                    ("down", "down"),
                    ("joining", "joining"),
                    ("draining", "drained"),
                ],
                default="active",
                editable=False,
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]
