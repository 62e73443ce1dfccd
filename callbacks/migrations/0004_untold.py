from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the tables may be large, and people are working in them
    dependencies = [("callbacks", "0003_spoken_at")]
    operations = [
        AddIndexConcurrently(
            model_name="digest",
            index=models.Index(condition=models.Q(done_at=None), fields=["day"], name="digest_untold"),
        ),
        AddIndexConcurrently(
            model_name="reminder",
            index=models.Index(condition=models.Q(done_at=None), fields=["due_at"], name="reminder_untold"),
        ),
    ]
