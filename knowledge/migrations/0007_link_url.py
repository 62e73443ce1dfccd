from django.contrib.postgres.indexes import HashIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # people are working in it
    dependencies = [("knowledge", "0006_more_synonyms")]
    operations = [
        # By hash: an address may be longer than a B-tree takes.
        AddIndexConcurrently(model_name="link", index=HashIndex(fields=["url"], name="link_url")),
    ]
