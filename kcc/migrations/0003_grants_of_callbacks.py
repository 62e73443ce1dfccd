from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# Who was handed what and what was agreed is in the register of callbacks, which holds citizens: for nobody here.
GRANTS = {
    "administrator": [
        *(f"accounts.{verb}_absence" for verb in ("add", "change", "view")),
        *(f"accounts.{verb}_apikey" for verb in ("add", "change", "view")),
        *(f"callbacks.{verb}_policy" for verb in ("add", "change", "delete", "view")),
    ],
}


def grant(apps, schema_editor):
    for name in ("accounts", "callbacks"):
        create_permissions(all_apps.get_app_config(name), apps=apps, verbosity=0)
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for role, grants in GRANTS.items():
        found = []
        for name in grants:
            app, codename = name.split(".")
            found.append(permission.objects.get(content_type__app_label=app, codename=codename))
        group.objects.get(name=role).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("kcc", "0002_grants_of_channels"),
        ("accounts", "0005_absences_and_keys"),
        ("callbacks", "0002_the_whole_life"),
        ("contacts", "0012_questions_for_callbacks"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
