from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0006_calls")]
    operations = [
        migrations.AddField(
            model_name="draft",
            name="discarded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="weggegooid op"),
        ),
    ]
