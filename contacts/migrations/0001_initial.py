import contacts.models.customer
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        # unaccent() itself is only STABLE, because its dictionary could be changed; ours is not, so it may be indexed.
        migrations.RunSQL(
            """
            CREATE FUNCTION kcc_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
            AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$
            """,
            "DROP FUNCTION kcc_fold(text)",
        ),
        migrations.RunSQL("CREATE SEQUENCE kcc_reference START 10001", "DROP SEQUENCE kcc_reference"),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="taak")),
                ("last_begin", models.DateTimeField(verbose_name="laatst begonnen")),
                ("last_ok", models.DateTimeField(null=True, verbose_name="laatst gelukt")),
            ],
            options={
                "verbose_name": "hartslag",
                "verbose_name_plural": "hartslagen",
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Persoon"), ("organisation", "Organisatie")],
                        default="person",
                        max_length=12,
                        verbose_name="soort",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=100, verbose_name="voornaam")),
                ("infix", models.CharField(blank=True, max_length=30, verbose_name="tussenvoegsel")),
                ("last_name", models.CharField(max_length=200, verbose_name="achternaam of organisatie")),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="geboortedatum")),
                ("bsn_sealed", models.CharField(blank=True, editable=False, max_length=200)),
                ("bsn_index", models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ("bsn_tail", models.CharField(blank=True, editable=False, max_length=3)),
                ("kvk_number", models.CharField(blank=True, db_index=True, max_length=8, verbose_name="KvK-nummer")),
                ("street", models.CharField(blank=True, max_length=120, verbose_name="straat")),
                ("house_number", models.PositiveIntegerField(blank=True, null=True, verbose_name="huisnummer")),
                ("house_suffix", models.CharField(blank=True, max_length=10, verbose_name="toevoeging")),
                ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="plaats")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("nl", "Nederlands"),
                            ("en", "Engels"),
                            ("de", "Duits"),
                            ("fr", "Frans"),
                            ("es", "Spaans"),
                            ("tr", "Turks"),
                            ("ar", "Arabisch"),
                            ("pl", "Pools"),
                            ("uk", "Oekraïens"),
                            ("ti", "Tigrinya"),
                        ],
                        default="nl",
                        max_length=5,
                        verbose_name="taal",
                    ),
                ),
                ("preferred_channel", models.CharField(blank=True, max_length=10, verbose_name="voorkeurskanaal")),
                ("confidential", models.BooleanField(default=False, verbose_name="geheimhouding")),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="geverifieerd op")),
                (
                    "source",
                    models.CharField(
                        choices=[("own", "Eigen invoer"), ("brp", "BRP"), ("kvk", "KvK")],
                        default="own",
                        max_length=4,
                        verbose_name="bron",
                    ),
                ),
                ("notes", models.TextField(blank=True, verbose_name="notities")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="gemaakt op")),
                (
                    "name_vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=contacts.models.customer.NameVector(
                            contacts.models.customer.Fold(
                                django.db.models.functions.text.Concat(
                                    models.F("first_name"),
                                    models.Value(" "),
                                    models.F("infix"),
                                    models.Value(" "),
                                    models.F("last_name"),
                                )
                            )
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "klant",
                "verbose_name_plural": "klanten",
                "permissions": [("reveal_bsn", "Mag een BSN tonen")],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["name_vector"], name="customer_name_words"
                    ),
                    models.Index(fields=["postcode", "house_number"], name="customer_at_address"),
                    models.Index(
                        condition=models.Q(("birth_date__isnull", False)), fields=["birth_date"], name="customer_born"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reference", models.CharField(max_length=20, verbose_name="kenmerk")),
                ("title", models.CharField(max_length=200, verbose_name="titel")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Normaal"), (1, "Hoog")], default=0, verbose_name="prioriteit"
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="geopend op")),
                ("due_at", models.DateTimeField(verbose_name="uiterlijk")),
                ("waiting_until", models.DateTimeField(blank=True, null=True, verbose_name="wacht op klant tot")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="gesloten op")),
                ("result", models.CharField(blank=True, max_length=200, verbose_name="resultaat")),
                ("external_url", models.URLField(blank=True, verbose_name="adres in het zaaksysteem")),
                (
                    "external_number",
                    models.CharField(blank=True, max_length=60, verbose_name="nummer in het zaaksysteem"),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="behandelaar",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="accounts.team",
                        verbose_name="afdeling",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="contacts.customer",
                        verbose_name="klant",
                    ),
                ),
            ],
            options={
                "verbose_name": "zaak",
                "verbose_name_plural": "zaken",
            },
        ),
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("word", models.CharField(max_length=100, primary_key=True, serialize=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
                        name="name_word_letters",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="naam")),
                (
                    "upl_name",
                    models.CharField(
                        blank=True,
                        help_text="Naam in de Uniforme Productnamenlijst.",
                        max_length=200,
                        verbose_name="UPL-naam",
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="vervallen op")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="contacts.topic",
                        verbose_name="thema",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="accounts.team",
                        verbose_name="afdeling",
                    ),
                ),
            ],
            options={
                "verbose_name": "onderwerp",
                "verbose_name_plural": "onderwerpen",
            },
        ),
        migrations.CreateModel(
            name="Norm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("callback", "Terugbellen"),
                            ("email", "E-mail en zaken beantwoorden"),
                            ("social", "Social beantwoorden"),
                        ],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                (
                    "amount",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="aantal"
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("days", "werkdagen"), ("hours", "werkuren")],
                        default="days",
                        max_length=5,
                        verbose_name="eenheid",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="geldt vanaf")),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.team",
                        verbose_name="afdeling",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contacts.topic",
                        verbose_name="onderwerp",
                    ),
                ),
            ],
            options={
                "verbose_name": "servicenorm",
                "verbose_name_plural": "servicenormen",
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.CharField(max_length=200, verbose_name="sleutel")),
                ("conversation", models.UUIDField(db_index=True, default=uuid.uuid4, verbose_name="gesprek")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("phone", "Telefoon"),
                            ("email", "E-mail"),
                            ("desk", "Balie"),
                            ("social", "Social"),
                            ("web", "Web"),
                            ("chat", "Chat"),
                            ("post", "Post"),
                        ],
                        max_length=6,
                        verbose_name="kanaal",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("in", "inkomend"), ("out", "uitgaand")],
                        default="in",
                        max_length=3,
                        verbose_name="richting",
                    ),
                ),
                ("party", models.CharField(blank=True, max_length=254, verbose_name="nummer of adres")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="titel")),
                ("text", models.TextField(blank=True, verbose_name="vraag en antwoord")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "Direct beantwoord"),
                            ("consulted", "Na ruggespraak"),
                            ("transferred", "Doorverbonden"),
                            ("callback", "Terugbelverzoek"),
                            ("case", "Zaak"),
                            ("referred", "Verwezen"),
                            ("broken_off", "Verbroken"),
                        ],
                        max_length=11,
                        verbose_name="afhandeling",
                    ),
                ),
                ("transferred_to", models.CharField(blank=True, max_length=120, verbose_name="doorverbonden naar")),
                ("reached", models.BooleanField(default=True, verbose_name="klant bereikt")),
                ("readable", models.BooleanField(default=True, verbose_name="leesbaar")),
                ("seconds", models.PositiveIntegerField(blank=True, null=True, verbose_name="duur in seconden")),
                ("happened_at", models.DateTimeField(verbose_name="moment")),
                (
                    "registered_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="vastgelegd op"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="afgerond op")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="medewerker",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="contacts.case",
                        verbose_name="zaak",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="accounts.team",
                        verbose_name="afdeling",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="contacts.customer",
                        verbose_name="klant",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="contacts.topic",
                        verbose_name="onderwerp",
                    ),
                ),
            ],
            options={
                "verbose_name": "klantcontact",
                "verbose_name_plural": "klantcontacten",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.topic",
                verbose_name="onderwerp",
            ),
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("phone", "Telefoon"), ("email", "E-mail"), ("social", "Social")],
                        max_length=6,
                        verbose_name="soort",
                    ),
                ),
                ("network", models.CharField(blank=True, max_length=20, verbose_name="netwerk")),
                ("value", models.CharField(max_length=254, verbose_name="genormaliseerd")),
                ("typed", models.CharField(max_length=254, verbose_name="zoals ingevoerd")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="gemaakt op")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="contacts.customer",
                        verbose_name="klant",
                    ),
                ),
            ],
            options={
                "verbose_name": "contactgegeven",
                "verbose_name_plural": "contactgegevens",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        fields=["kind", "value"],
                        name="address_by_value",
                        opclasses=["varchar_ops", "varchar_pattern_ops"],
                    ),
                    models.Index(
                        django.db.models.functions.text.Right("value", 9),
                        condition=models.Q(("kind", "phone")),
                        name="address_by_last_digits",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "kind", "network", "value"),
                        name="address_once_per_customer",
                        violation_error_message="Dit contactgegeven heeft de klant al.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("view", "bekeken"),
                            ("search", "gezocht"),
                            ("reveal", "BSN getoond"),
                            ("export", "geëxporteerd"),
                        ],
                        max_length=6,
                        verbose_name="handeling",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="waarvoor")),
                ("results", models.PositiveIntegerField(null=True, verbose_name="aantal resultaten")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="moment")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="medewerker",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="accesses",
                        to="contacts.customer",
                        verbose_name="klant",
                    ),
                ),
            ],
            options={
                "verbose_name": "inzage",
                "verbose_name_plural": "inzagelog",
                "indexes": [
                    models.Index(fields=["customer", "-at"], name="access_of_customer"),
                    models.Index(fields=["user", "-at"], name="access_by_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="contacts.customer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="medewerker",
                    ),
                ),
            ],
            options={
                "verbose_name": "concept",
                "verbose_name_plural": "concepten",
                "indexes": [models.Index(fields=["user", "-updated_at"], name="draft_newest")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(db_index=False, max_length=40, verbose_name="soort")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="moment")),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="door",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="contacts.case",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="contacts.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="contacts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "gebeurtenis",
                "verbose_name_plural": "gebeurtenissen",
                "indexes": [
                    models.Index(fields=["contact", "at"], name="event_of_contact"),
                    models.Index(
                        condition=models.Q(("case__isnull", False)), fields=["case", "at"], name="event_of_case"
                    ),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["customer", "at"],
                        name="event_of_customer",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("contact__isnull", False),
                            ("case__isnull", False),
                            ("customer__isnull", False),
                            _connector="OR",
                        ),
                        name="event_has_a_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Inbound",
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
                ("source", models.SlugField(db_index=False, max_length=40, verbose_name="bron")),
                ("key", models.CharField(max_length=200, verbose_name="sleutel")),
                ("sha256", models.CharField(max_length=64)),
                ("raw", models.BinaryField()),
                ("envelope", models.JSONField(default=dict)),
                ("message_id", models.CharField(blank=True, max_length=255)),
                (
                    "automatic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("auto_reply", "Automatisch antwoord"),
                            ("bounce", "Niet bezorgd"),
                            ("bulk", "Mailing"),
                        ],
                        max_length=10,
                        verbose_name="automatisch",
                    ),
                ),
                (
                    "joined",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("references", "antwoord op een eerder bericht"),
                            ("subject", "kenmerk in het onderwerp"),
                        ],
                        max_length=10,
                        verbose_name="gekoppeld door",
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ontvangen op")),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="arrivals",
                        to="contacts.contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "binnengekomen bericht",
                "verbose_name_plural": "binnengekomen berichten",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("parked_at", None)),
                        fields=["next_attempt_at"],
                        name="inbound_due",
                    ),
                    models.Index(
                        condition=models.Q(("message_id", ""), _negated=True),
                        fields=["message_id"],
                        name="inbound_by_message_id",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("key",), name="inbound_once_per_key")],
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
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
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.CharField(max_length=200, verbose_name="sleutel")),
                ("kind", models.SlugField(db_index=False, max_length=40, verbose_name="soort")),
                ("recipient", models.EmailField(max_length=254, verbose_name="aan")),
                ("subject", models.CharField(max_length=200, verbose_name="onderwerp")),
                ("body", models.TextField(verbose_name="tekst")),
                ("headers", models.JSONField(default=dict)),
                ("message_id", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gemaakt op")),
                ("handed_over_at", models.DateTimeField(blank=True, null=True, verbose_name="overgedragen op")),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="outgoing",
                        to="contacts.contact",
                        verbose_name="klantcontact",
                    ),
                ),
            ],
            options={
                "verbose_name": "verzending",
                "verbose_name_plural": "verzendingen",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("parked_at", None)),
                        fields=["next_attempt_at"],
                        name="outgoing_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="outgoing_once_per_key"),
                    models.UniqueConstraint(fields=("message_id",), name="outgoing_message_id_once"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(fields=("parent", "name"), name="topic_once_per_theme"),
        ),
        migrations.AddConstraint(
            model_name="norm",
            constraint=models.UniqueConstraint(
                fields=("kind", "team", "topic", "starts_on"),
                name="one_norm_per_day",
                nulls_distinct=False,
                violation_error_message="Er is al een norm voor deze afdeling en dit onderwerp vanaf die datum.",
            ),
        ),
        migrations.AddConstraint(
            model_name="norm",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="norm_allows_time"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["customer", "-happened_at", "-id"], name="contact_timeline"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["-happened_at"], name="contact_newest"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("customer__isnull", False), ("topic__isnull", False)),
                fields=["customer", "topic", "-happened_at"],
                name="contact_on_topic",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(fields=("key",), name="contact_once_per_key"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["due_at", "id"], name="case_open_due"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["team", "due_at", "id"], name="case_open_team"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("reference",), name="case_reference_once"),
        ),
    ]
