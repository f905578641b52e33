import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('locks', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Leadership',
            fields=[
                ('role', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('fencing_token', models.PositiveBigIntegerField(default=0)),
                ('holder', models.CharField(blank=True, default='', max_length=200)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'leadership',
                'verbose_name_plural': 'leaderships',
            },
        ),
    ]
