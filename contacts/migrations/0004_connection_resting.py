from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_channels_and_queue")]
    operations = [
        migrations.AddField(
            model_name="connection",
            name="resting_until",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="vraagt niets tot"),
        ),
    ]
