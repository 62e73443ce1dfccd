from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ("mailbox", "connection", "replytemplate", "question")
GRANTS = {
    "administrator": [f"{verb}_{model}" for model in MODELS for verb in ("add", "change", "delete", "view")],
    "privacy officer": ["view_merge"],
}


def grant(apps, schema_editor):
    create_permissions(all_apps.get_app_config("contacts"), apps=apps, verbosity=0)
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for role, codenames in GRANTS.items():
        found = permission.objects.filter(content_type__app_label="contacts", codename__in=codenames)
        group.objects.get(name=role).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("kcc", "0001_grants"), ("contacts", "0003_channels_and_queue")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
