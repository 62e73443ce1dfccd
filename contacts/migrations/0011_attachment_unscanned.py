from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_merge_encoder")]

    operations = [
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(condition=models.Q(("scanned_at", None)), fields=["-id"], name="attachment_unscanned"),
        ),
    ]
