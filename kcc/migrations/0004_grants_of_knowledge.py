from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# The words of articles, what is said of them and bulletins are written on the screens of editors; the admin looks.
LOOKED_AT = ("version", "feedback", "gap")
SYNONYMS = [f"{verb}_synonym" for verb in ("add", "change", "delete", "view")]
GRANTS = {
    "administrator": [
        *(f"view_{name}" for name in (*LOOKED_AT, "editorial", "notice")),
        *(f"view_{name}" for name in ("bulletin", "readinglist", "readingitem", "reader")),
        "change_bulletin",  # to take one away
        *SYNONYMS,
    ],
    "editor": [*(f"view_{name}" for name in LOOKED_AT), *SYNONYMS],
}


def grant(apps, schema_editor):
    create_permissions(all_apps.get_app_config("knowledge"), apps=apps, verbosity=0)
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for role, codenames in GRANTS.items():
        found = [permission.objects.get(content_type__app_label="knowledge", codename=name) for name in codenames]
        group.objects.get(name=role).permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("kcc", "0003_grants_of_callbacks"), ("knowledge", "0004_lists")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
