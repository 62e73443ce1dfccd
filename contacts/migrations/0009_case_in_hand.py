import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and people are working in it
    dependencies = [("accounts", "0004_away_as"), ("contacts", "0008_mail_in")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="held_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="wordt behandeld sinds"),
        ),
        migrations.AddField(
            model_name="case",
            name="consulted_team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="consulted_cases",
                to="accounts.team",
                verbose_name="wacht op de afdeling",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(fields=["-closed_at", "-id"], condition=~models.Q(closed_at=None), name="case_closed"),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(fields=["-closed_at", "-id"], condition=~models.Q(spam_at=None), name="case_spam"),
        ),
    ]
