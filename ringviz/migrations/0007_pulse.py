from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ringviz", "0006_strategy_options")]

    operations = [
        migrations.AddField("node", "pulse", models.JSONField(default=None, editable=False, null=True)),
    ]
