from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

# What each role may do in Django admin, as "app.codename". Citizens' data is in none of them.
MANAGE = ("add", "change", "delete", "view")
SETTINGS = {
    "accounts": ["team", "openinghours", "closingday"],
    "contacts": ["topic", "norm"],
}
GRANTS = {
    "administrator": [
        *(f"{app}.{verb}_{model}" for app, models in SETTINGS.items() for model in models for verb in MANAGE),
        *(f"accounts.{verb}_user" for verb in ("add", "change", "view")),
        "auth.view_group",
        "contacts.view_heartbeat",
        "callbacks.view_reminder",
        *(f"knowledge.{verb}_article" for verb in ("add", "change", "view")),
    ],
    "editor": [f"knowledge.{verb}_article" for verb in ("add", "change", "view")],
    "privacy officer": ["contacts.view_access"],
    "senior": ["contacts.reveal_bsn"],
    "team lead": ["contacts.reveal_bsn"],
}


def grant(apps, schema_editor):
    for name in ("accounts", "contacts", "callbacks", "knowledge", "auth"):
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
        ("accounts", "0002_roles_and_cache"),
        ("contacts", "0002_name_words"),
        ("callbacks", "0001_initial"),
        ("knowledge", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
