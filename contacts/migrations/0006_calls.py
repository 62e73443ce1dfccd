import django.contrib.postgres.fields
from django.db import migrations, models

MISSED = models.Q(answered_at=None, direction="in", ended_at__isnull=False, handled_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0005_contact_on_network"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="called",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="sent",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60, verbose_name="nummer zoals ontvangen"
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["-began_at", "-id"], name="call_newest"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(condition=MISSED, fields=["number", "-began_at"], name="call_missed_number"),
        ),
    ]
