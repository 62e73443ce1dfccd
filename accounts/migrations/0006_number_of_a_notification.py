"""How many things one line of the bell tells of; the version before goes on writing lines of one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_absences_and_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="number",
            field=models.PositiveIntegerField(db_default=1, default=1, verbose_name="aantal"),
        ),
    ]
