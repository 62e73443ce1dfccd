import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosingDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="datum")),
                ("name", models.CharField(max_length=80, verbose_name="reden")),
            ],
            options={
                "verbose_name": "sluitingsdag",
                "verbose_name_plural": "sluitingsdagen",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="toestel")),
                (
                    "theme",
                    models.CharField(
                        choices=[("auto", "Systeem"), ("light", "Licht"), ("dark", "Donker")],
                        default="auto",
                        max_length=5,
                        verbose_name="thema",
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("compact", "Compact"), ("comfort", "Ruim")],
                        default="compact",
                        max_length=7,
                        verbose_name="dichtheid",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("nl", "Nederlands"), ("en", "English")],
                        default="nl",
                        max_length=2,
                        verbose_name="taal",
                    ),
                ),
                ("shortcuts", models.BooleanField(default=True, verbose_name="sneltoetsen")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "medewerker",
                "verbose_name_plural": "medewerkers",
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "maandag"),
                            (1, "dinsdag"),
                            (2, "woensdag"),
                            (3, "donderdag"),
                            (4, "vrijdag"),
                            (5, "zaterdag"),
                            (6, "zondag"),
                        ],
                        verbose_name="dag",
                    ),
                ),
                ("opens", models.TimeField(verbose_name="opent om")),
                ("closes", models.TimeField(verbose_name="sluit om")),
            ],
            options={
                "verbose_name": "openingstijd",
                "verbose_name_plural": "openingstijden",
                "ordering": ["weekday", "opens"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opens__lt", models.F("closes"))),
                        name="opens_before_it_closes",
                        violation_error_message="De sluitingstijd moet na de openingstijd liggen.",
                    ),
                    models.UniqueConstraint(fields=("weekday", "opens"), name="one_opening_per_moment"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="naam")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mailadres")),
                ("is_kcc", models.BooleanField(default=False, verbose_name="hoort bij het KCC")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="opgeheven op")),
                (
                    "coordinator",
                    models.ForeignKey(
                        blank=True,
                        help_text="Krijgt bericht als een terugbelverzoek te laat is.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="coordinates",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="coördinator",
                    ),
                ),
            ],
            options={
                "verbose_name": "afdeling",
                "verbose_name_plural": "afdelingen",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="teams",
            field=models.ManyToManyField(
                blank=True, related_name="members", to="accounts.team", verbose_name="afdelingen"
            ),
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.CharField(max_length=200, verbose_name="sleutel")),
                ("kind", models.SlugField(db_index=False, max_length=40, verbose_name="soort")),
                ("text", models.CharField(max_length=200, verbose_name="tekst")),
                ("url", models.CharField(max_length=200, verbose_name="adres")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gemaakt op")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="gelezen op")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ontvanger",
                    ),
                ),
            ],
            options={
                "verbose_name": "melding",
                "verbose_name_plural": "meldingen",
                "indexes": [
                    models.Index(fields=["recipient", "-created_at"], name="notification_newest"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["recipient"], name="notification_unread"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("recipient", "key"), name="one_notification_per_key")],
            },
        ),
    ]
