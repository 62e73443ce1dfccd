from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_channels_and_queue"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="away_as",
            field=models.CharField(
                blank=True,
                choices=[("break", "Pauze"), ("off", "Niet beschikbaar")],
                db_default="",
                default="",
                max_length=5,
                verbose_name="afwezig als",
            ),
        ),
    ]
