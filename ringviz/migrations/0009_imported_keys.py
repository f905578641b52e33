"""An import names the keys that it read, so that they can be planned before they are taken."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The key set of an import."""

    dependencies = [("ringviz", "0008_drained")]

    operations = [
        migrations.AddField(
            model_name="keyimport",
            name="key_set",
            field=models.ForeignKey(
                default=None,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="imports",
                to="ringviz.keyset",
            ),
        ),
    ]
