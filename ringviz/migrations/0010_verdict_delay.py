import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ringviz", "0009_imported_keys")]

    operations = [
        migrations.AddField(
            "cluster",
            "verdict_delay_ms",
            models.PositiveIntegerField(
                default=0,
                help_text="How long a server that somebody froze may stay silent. 0: as any other server.",
                validators=[django.core.validators.MaxValueValidator(60000)],
                verbose_name="verdict on a freeze after, ms",
            ),
        ),
    ]
