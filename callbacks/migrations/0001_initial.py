import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contacts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Callback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reference", models.CharField(max_length=20, verbose_name="kenmerk")),
                ("number", models.CharField(max_length=20, verbose_name="terugbelnummer")),
                ("question", models.TextField(verbose_name="vraag voor de behandelaar")),
                ("reachable_from", models.TimeField(blank=True, null=True, verbose_name="bereikbaar vanaf")),
                ("reachable_until", models.TimeField(blank=True, null=True, verbose_name="bereikbaar tot")),
                ("urgent_reason", models.CharField(blank=True, max_length=200, verbose_name="reden van spoed")),
                ("urgent_at", models.DateTimeField(blank=True, null=True, verbose_name="spoed sinds")),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gemaakt op")),
                ("due_at", models.DateTimeField(verbose_name="uiterlijk")),
                ("term", models.CharField(max_length=60, verbose_name="norm")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="opgepakt op")),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="volgende poging")),
                ("first_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="eerste poging")),
                ("completed_at", models.DateTimeField(blank=True, null=True, verbose_name="afgerond op")),
                ("outcome", models.TextField(blank=True, verbose_name="antwoord aan de klant")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="vervallen op")),
                ("cancel_reason", models.CharField(blank=True, max_length=200, verbose_name="reden van vervallen")),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="callbacks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="behandelaar",
                    ),
                ),
                (
                    "completed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="afgerond door",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="callbacks",
                        to="contacts.contact",
                        verbose_name="klantcontact",
                    ),
                ),
                (
                    "repeats",
                    models.ManyToManyField(
                        blank=True, related_name="repeats_of", to="contacts.contact", verbose_name="belde opnieuw"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gemaakt door",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="callbacks",
                        to="accounts.team",
                        verbose_name="afdeling",
                    ),
                ),
            ],
            options={
                "verbose_name": "terugbelverzoek",
                "verbose_name_plural": "terugbelverzoeken",
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("spoken", "Gesproken"),
                            ("no_answer", "Geen gehoor"),
                            ("voicemail", "Voicemail ingesproken"),
                            ("busy", "In gesprek"),
                            ("wrong_number", "Verkeerd nummer"),
                        ],
                        max_length=12,
                        verbose_name="resultaat",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="notitie")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="moment")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="door",
                    ),
                ),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempt",
                        to="contacts.contact",
                        verbose_name="klantcontact",
                    ),
                ),
                (
                    "callback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="callbacks.callback",
                        verbose_name="terugbelverzoek",
                    ),
                ),
            ],
            options={
                "verbose_name": "poging",
                "verbose_name_plural": "pogingen",
                "ordering": ["at"],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "next_attempt_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="volgende poging"),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True, verbose_name="bezet tot")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="pogingen")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="laatste fout")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="klaar op")),
                ("parked_at", models.DateTimeField(blank=True, null=True, verbose_name="opzijgezet op")),
                ("occurrence", models.CharField(max_length=60, verbose_name="aanleiding")),
                ("due_at", models.DateTimeField(verbose_name="moment")),
                (
                    "callback",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="callbacks.callback",
                        verbose_name="terugbelverzoek",
                    ),
                ),
            ],
            options={
                "verbose_name": "herinnering",
                "verbose_name_plural": "herinneringen",
            },
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("completed_at", None)),
                fields=["due_at", "id"],
                name="callback_open_due",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("completed_at", None)),
                fields=["team", "due_at", "id"],
                name="callback_open_team",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("completed_at", None)),
                fields=["assignee", "due_at", "id"],
                name="callback_open_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(fields=["-requested_at", "-id"], name="callback_newest"),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(fields=["team", "-requested_at", "-id"], name="callback_team_newest"),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("completed_at", "cancelled_at"),
                condition=models.Q(("cancelled_at", None), ("completed_at", None), _negated=True),
                name="callback_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="callback",
            constraint=models.UniqueConstraint(fields=("reference",), name="callback_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="callback",
            constraint=models.UniqueConstraint(
                fields=("contact",),
                name="callback_once_per_contact",
                violation_error_message="Bij dit klantcontact hoort al een terugbelverzoek.",
            ),
        ),
        migrations.AddConstraint(
            model_name="callback",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__gte", models.F("requested_at"))), name="callback_due_after_request"
            ),
        ),
        migrations.AddConstraint(
            model_name="callback",
            constraint=models.CheckConstraint(
                condition=models.Q(("completed_at", None), ("cancelled_at", None), _connector="OR"),
                name="callback_ends_once",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["callback", "at"], name="attempt_of_callback"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("done_at", None), ("parked_at", None)),
                fields=["next_attempt_at"],
                name="reminder_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(fields=("callback", "occurrence"), name="reminder_once"),
        ),
    ]
