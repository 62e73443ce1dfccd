from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles_and_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="team",
            name="queues",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Namen van de wachtrijen van de telefooncentrale, met komma's ertussen.",
                max_length=300,
                verbose_name="wachtrijen",
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="signature",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Onder elke e-mail van deze afdeling. Mag {medewerker} bevatten.",
                verbose_name="ondertekening",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="away_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="niet beschikbaar sinds"),
        ),
        migrations.AddField(
            model_name="user",
            name="extension",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="toestelnummer"),
        ),
    ]
