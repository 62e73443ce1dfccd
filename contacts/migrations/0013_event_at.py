from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and people are working in it
    dependencies = [("contacts", "0012_questions_for_callbacks")]
    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=BrinIndex(fields=["at"], name="event_at"),
        ),
    ]
