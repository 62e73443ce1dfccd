import contacts.models.connection
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_channels_and_queue"),
        ("contacts", "0002_name_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="naam")),
                (
                    "declared_type",
                    models.CharField(blank=True, max_length=150, verbose_name="soort volgens de afzender"),
                ),
                ("content_type", models.CharField(max_length=150, verbose_name="soort")),
                ("size", models.PositiveBigIntegerField(verbose_name="grootte in bytes")),
                ("sha256", models.CharField(max_length=64)),
                ("content_id", models.CharField(blank=True, max_length=250)),
                ("is_inline", models.BooleanField(default=False, verbose_name="staat in de tekst")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gemaakt op")),
                ("scanned_at", models.DateTimeField(blank=True, null=True, verbose_name="gecontroleerd op")),
                ("quarantined_at", models.DateTimeField(blank=True, null=True, verbose_name="in quarantaine sinds")),
                ("finding", models.CharField(blank=True, max_length=200, verbose_name="bevinding")),
            ],
            options={
                "verbose_name": "bijlage",
                "verbose_name_plural": "bijlagen",
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("external_id", models.CharField(max_length=200, verbose_name="id bij de centrale")),
                ("original_id", models.CharField(blank=True, max_length=200, verbose_name="id vóór het doorverbinden")),
                (
                    "direction",
                    models.CharField(
                        choices=[("in", "inkomend"), ("out", "uitgaand")],
                        default="in",
                        max_length=3,
                        verbose_name="richting",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="nummer van de klant")),
                ("dialled", models.CharField(blank=True, max_length=60, verbose_name="gekozen nummer")),
                ("queue", models.CharField(blank=True, max_length=100, verbose_name="wachtrij")),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="begonnen op")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="opgenomen op")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="opgehangen op")),
                ("cause", models.CharField(blank=True, max_length=30, verbose_name="reden van einde")),
                ("handled_at", models.DateTimeField(blank=True, null=True, verbose_name="afgehandeld op")),
            ],
            options={
                "verbose_name": "gesprek",
                "verbose_name_plural": "gesprekken",
            },
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cti", "Telefooncentrale"),
                            ("mastodon", "Mastodon"),
                            ("whatsapp", "WhatsApp"),
                            ("messenger", "Messenger"),
                            ("instagram", "Instagram"),
                            ("webhook", "Ander systeem (webhook)"),
                        ],
                        max_length=9,
                        verbose_name="soort",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Zoals collega's het kennen: WhatsApp gemeente.", max_length=80, verbose_name="naam"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=contacts.models.connection.new_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="geheim deel van het adres",
                    ),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="Id van het telefoonnummer, de pagina of het account bij het netwerk.",
                        max_length=100,
                        verbose_name="nummer bij het netwerk",
                    ),
                ),
                (
                    "base_url",
                    models.URLField(
                        blank=True,
                        help_text="Leeg: het gewone adres van het netwerk.",
                        verbose_name="adres van het netwerk",
                    ),
                ),
                ("secrets_sealed", models.TextField(blank=True, editable=False)),
                (
                    "allowed_addresses",
                    models.TextField(
                        blank=True,
                        help_text="Een adres of reeks per regel; leeg is overal vandaan.",
                        verbose_name="toegestane IP-adressen",
                    ),
                ),
                (
                    "character_limit",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="langste bericht, in tekens"),
                ),
                ("cursor", models.CharField(blank=True, editable=False, max_length=100)),
                (
                    "last_ok_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="laatst gelukt"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="mislukt sinds"),
                ),
                (
                    "last_error",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="laatste fout"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="opgeheven op")),
            ],
            options={
                "verbose_name": "koppeling",
                "verbose_name_plural": "koppelingen",
                "ordering": ["kind", "name"],
            },
        ),
        migrations.CreateModel(
            name="Fetched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uidvalidity", models.BigIntegerField()),
                ("uid", models.BigIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("address", models.EmailField(max_length=254, unique=True, verbose_name="e-mailadres")),
                (
                    "name",
                    models.CharField(
                        help_text="Bijvoorbeeld: Gemeente Duinmeer.", max_length=80, verbose_name="naam van de afzender"
                    ),
                ),
                (
                    "aliases",
                    models.TextField(
                        blank=True,
                        help_text="Adressen waarvan de post ook hier binnenkomt, een per regel.",
                        verbose_name="andere adressen",
                    ),
                ),
                (
                    "follow_up",
                    models.CharField(
                        choices=[
                            ("reopen", "heropent de zaak"),
                            ("new", "opent een nieuwe zaak"),
                            ("new_after", "heropent de zaak, en opent na een aantal dagen een nieuwe"),
                        ],
                        default="new_after",
                        max_length=9,
                        verbose_name="een antwoord op een gesloten zaak",
                    ),
                ),
                ("follow_up_days", models.PositiveSmallIntegerField(default=14, verbose_name="na hoeveel dagen")),
                (
                    "reply_to_is_sender",
                    models.BooleanField(
                        default=False,
                        help_text="Voor post uit webformulieren: niet From maar Reply-To is de klant.",
                        verbose_name="antwoordadres is de afzender",
                    ),
                ),
                ("acknowledge", models.BooleanField(default=False, verbose_name="ontvangstbevestiging sturen")),
                (
                    "acknowledgement",
                    models.TextField(
                        blank=True,
                        help_text="Mag {naam}, {kenmerk}, {onderwerp}, {uiterlijk} en {norm} bevatten.",
                        verbose_name="tekst van de ontvangstbevestiging",
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=200, verbose_name="IMAP-server")),
                ("port", models.PositiveIntegerField(default=993, verbose_name="poort")),
                (
                    "security",
                    models.CharField(
                        choices=[("tls", "TLS"), ("starttls", "STARTTLS"), ("none", "geen, alleen op deze machine")],
                        default="tls",
                        max_length=8,
                        verbose_name="beveiliging",
                    ),
                ),
                ("username", models.CharField(blank=True, max_length=200, verbose_name="gebruikersnaam")),
                (
                    "sign_in",
                    models.CharField(
                        choices=[("password", "wachtwoord"), ("oauth", "OAuth2 (XOAUTH2)")],
                        default="password",
                        max_length=8,
                        verbose_name="aanmelden met",
                    ),
                ),
                ("secret_sealed", models.TextField(blank=True, editable=False)),
                ("oauth_token_url", models.URLField(blank=True, verbose_name="adres voor toegangstokens")),
                ("oauth_client_id", models.CharField(blank=True, max_length=200, verbose_name="client-id")),
                ("oauth_scope", models.CharField(blank=True, max_length=300, verbose_name="scope")),
                ("folder", models.CharField(default="INBOX", max_length=100, verbose_name="map")),
                (
                    "done_folder",
                    models.CharField(default="Verwerkt", max_length=100, verbose_name="map voor verwerkte post"),
                ),
                (
                    "last_ok_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="laatst gecontroleerd"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="onbereikbaar sinds"),
                ),
                (
                    "last_error",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="laatste fout"),
                ),
                (
                    "backlog",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="wacht nog op de server"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="opgeheven op")),
            ],
            options={
                "verbose_name": "mailbox",
                "verbose_name_plural": "mailboxen",
                "ordering": ["address"],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.CharField(max_length=200, verbose_name="reden")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="moment")),
                ("before", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="ongedaan gemaakt op")),
            ],
            options={
                "verbose_name": "samenvoeging",
                "verbose_name_plural": "samenvoegingen",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="message",
                        serialize=False,
                        to="contacts.contact",
                    ),
                ),
                ("sender_name", models.CharField(blank=True, max_length=200, verbose_name="naam van de afzender")),
                ("to", models.JSONField(default=list, verbose_name="aan")),
                ("cc", models.JSONField(default=list, verbose_name="cc")),
                ("bcc", models.JSONField(default=list, verbose_name="bcc")),
                ("reply_to", models.JSONField(default=list, verbose_name="antwoorden aan")),
                ("quoted", models.TextField(blank=True, verbose_name="eerdere tekst")),
                ("html", models.TextField(blank=True)),
                ("message_id", models.CharField(blank=True, max_length=255)),
                ("references", models.JSONField(default=list)),
                ("external_id", models.CharField(blank=True, max_length=200, verbose_name="id op het netwerk")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="adres op het netwerk")),
                (
                    "visibility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("public", "Openbaar"),
                            ("unlisted", "Openbaar, niet in overzichten"),
                            ("private", "Alleen volgers"),
                            ("direct", "Privé"),
                        ],
                        max_length=8,
                        verbose_name="zichtbaarheid",
                    ),
                ),
                ("automatic", models.CharField(blank=True, max_length=10, verbose_name="automatisch")),
                ("authentication", models.JSONField(default=dict)),
                ("is_repaired", models.BooleanField(default=False, verbose_name="hersteld")),
                (
                    "deleted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="door de schrijver verwijderd op"),
                ),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "bericht",
                "verbose_name_plural": "berichten",
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("viewing", "bekijkt"), ("idle", "inactief"), ("typing", "typt")],
                        default="viewing",
                        max_length=7,
                    ),
                ),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("label", models.CharField(max_length=200, verbose_name="vraag")),
                ("hint", models.CharField(blank=True, max_length=300, verbose_name="uitleg")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("line", "korte tekst"),
                            ("text", "lange tekst"),
                            ("number", "getal"),
                            ("date", "datum"),
                            ("choice", "keuze uit een lijst"),
                            ("yes_no", "ja of nee"),
                        ],
                        default="line",
                        max_length=6,
                        verbose_name="soort",
                    ),
                ),
                ("choices", models.TextField(blank=True, help_text="Een per regel.", verbose_name="keuzes")),
                ("is_required", models.BooleanField(default=False, verbose_name="verplicht")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="volgorde")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="vervallen op")),
            ],
            options={
                "verbose_name": "vraag op het webformulier",
                "verbose_name_plural": "vragen op het webformulier",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReplyTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="naam")),
                ("text", models.TextField(verbose_name="tekst")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="vervallen op")),
            ],
            options={
                "verbose_name": "sjabloon",
                "verbose_name_plural": "sjablonen",
                "ordering": ["name"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="outgoing",
            name="outgoing_message_id_once",
        ),
        migrations.AddField(
            model_name="case",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="laatste antwoord"),
        ),
        migrations.AddField(
            model_name="case",
            name="channel",
            field=models.CharField(blank=True, db_default="", default="", max_length=6, verbose_name="kanaal"),
        ),
        migrations.AddField(
            model_name="case",
            name="consulted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="wacht op de afdeling sinds"),
        ),
        migrations.AddField(
            model_name="case",
            name="held_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="wordt behandeld door",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="held_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="wordt behandeld tot"),
        ),
        migrations.AddField(
            model_name="case",
            name="last_inbound_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="laatste bericht van de klant"),
        ),
        migrations.AddField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="contacts.case",
                verbose_name="samengevoegd met",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="network",
            field=models.CharField(blank=True, db_default="", default="", max_length=9, verbose_name="netwerk"),
        ),
        migrations.AddField(
            model_name="case",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gelezen op"),
        ),
        migrations.AddField(
            model_name="case",
            name="sender",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="afzender"),
        ),
        migrations.AddField(
            model_name="case",
            name="snippet",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="begin van het bericht"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="snooze_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="reden van uitstel"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="uitgesteld tot"),
        ),
        migrations.AddField(
            model_name="case",
            name="spam_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="spam sinds"),
        ),
        migrations.AddField(
            model_name="contact",
            name="after_seconds",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="nawerktijd in seconden"),
        ),
        migrations.AddField(
            model_name="contact",
            name="by_appointment",
            field=models.BooleanField(blank=True, null=True, verbose_name="op afspraak"),
        ),
        migrations.AddField(
            model_name="contact",
            name="network",
            field=models.CharField(blank=True, db_default="", default="", max_length=9, verbose_name="netwerk"),
        ),
        migrations.AddField(
            model_name="contact",
            name="waited_seconds",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="wachttijd in seconden"),
        ),
        migrations.AddField(
            model_name="customer",
            name="branch_number",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=12, verbose_name="vestigingsnummer"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.customer",
                verbose_name="samengevoegd met",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="contacts.case"
            ),
        ),
        migrations.AddField(
            model_name="inbound",
            name="content_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="inbound",
            name="duplicate_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="duplicates",
                to="contacts.inbound",
            ),
        ),
        migrations.AddField(
            model_name="inbound",
            name="is_unreadable",
            field=models.BooleanField(db_default=False, default=False, verbose_name="niet leesbaar"),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="bounce",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="reden van terugkomst"
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="bounced_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="teruggekomen op"),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="delivered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="bezorgd op"),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="external_id",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="id op het netwerk"
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gelezen op"),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="role",
            field=models.CharField(
                choices=[("to", "Aan"), ("cc", "Cc"), ("bcc", "Bcc")],
                db_default="to",
                default="to",
                max_length=3,
                verbose_name="als",
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ingetrokken op"),
        ),
        migrations.AddField(
            model_name="topic",
            name="public_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Leeg: staat niet op het webformulier.",
                max_length=120,
                verbose_name="naam op het webformulier",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="conversation",
            field=models.UUIDField(default=uuid.uuid4, verbose_name="gesprek"),
        ),
        migrations.AlterField(
            model_name="inbound",
            name="automatic",
            field=models.CharField(
                blank=True,
                choices=[
                    ("auto_reply", "Automatisch antwoord"),
                    ("bounce", "Niet bezorgd"),
                    ("bulk", "Mailing"),
                    ("receipt", "Leesbevestiging"),
                ],
                max_length=10,
                verbose_name="automatisch",
            ),
        ),
        migrations.AlterField(
            model_name="inbound",
            name="joined",
            field=models.CharField(
                blank=True,
                choices=[
                    ("token", "antwoord op ons adres"),
                    ("references", "antwoord op een eerder bericht"),
                    ("subject", "kenmerk in het onderwerp"),
                ],
                max_length=10,
                verbose_name="gekoppeld door",
            ),
        ),
        migrations.AlterField(
            model_name="outgoing",
            name="recipient",
            field=models.CharField(max_length=254, verbose_name="aan"),
        ),
        migrations.SeparateDatabaseAndState(  # 0005 makes it, without keeping people from their work
            state_operations=[
                migrations.AddIndex(
                    model_name="contact",
                    index=models.Index(fields=["conversation", "-happened_at", "-id"], name="contact_conversation"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("merged_into", None), _negated=True), fields=["merged_into"], name="customer_merged"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case__isnull", False)), fields=("user", "case"), name="one_answer_draft_per_case"
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="contacts.contact",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="draft",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attachments",
                to="contacts.draft",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="agent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="calls",
                to=settings.AUTH_USER_MODEL,
                verbose_name="medewerker",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="calls",
                to="contacts.contact",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="calls",
                to="contacts.customer",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="handled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.team",
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="connections",
                to="accounts.team",
                verbose_name="afdeling",
            ),
        ),
        migrations.AddField(
            model_name="connection",
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
        migrations.AddField(
            model_name="call",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="contacts.connection",
                verbose_name="koppeling",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="connection",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to="contacts.connection",
                verbose_name="koppeling",
            ),
        ),
        migrations.AddField(
            model_name="inbound",
            name="connection",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.connection",
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="connection",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.connection",
            ),
        ),
        migrations.AddField(
            model_name="fetched",
            name="inbound",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="fetched", to="contacts.inbound"
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="team",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mailboxes",
                to="accounts.team",
                verbose_name="afdeling",
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
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
        migrations.AddField(
            model_name="fetched",
            name="mailbox",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="fetched_mails", to="contacts.mailbox"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="mailbox",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to="contacts.mailbox",
                verbose_name="mailbox",
            ),
        ),
        migrations.AddField(
            model_name="inbound",
            name="mailbox",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.mailbox",
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="mailbox",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.mailbox",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["assignee", "due_at", "id"], name="case_open_mine"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into", None), _negated=True), fields=["merged_into"], name="case_merged"
            ),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(
                condition=models.Q(("is_unreadable", True)), fields=["-received_at"], name="inbound_unreadable"
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=["connection", "external_id"],
                name="outgoing_on_network",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.UniqueConstraint(fields=("message_id", "recipient"), name="outgoing_once_per_recipient"),
        ),
        migrations.AddField(
            model_name="merge",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="door",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="gone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_away",
                to="contacts.customer",
                verbose_name="gaat op",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="kept",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="contacts.customer",
                verbose_name="blijft",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="connection",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.connection",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="mailbox",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="contacts.mailbox",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="presences", to="contacts.case"
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="questions",
                to="contacts.topic",
                verbose_name="onderwerp",
            ),
        ),
        migrations.AddField(
            model_name="replytemplate",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="accounts.team",
                verbose_name="afdeling",
            ),
        ),
        migrations.AddField(
            model_name="replytemplate",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="contacts.topic",
                verbose_name="onderwerp",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact__isnull", False), ("draft__isnull", False), _connector="OR"),
                name="attachment_has_an_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["began_at"], name="call_going_on"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(
                    ("answered_at", None), ("direction", "in"), ("ended_at__isnull", False), ("handled_at", None)
                ),
                fields=["-began_at"],
                name="call_missed",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["agent", "-began_at"], name="call_of_agent"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("connection", "external_id"), name="call_once"),
        ),
        migrations.AddConstraint(
            model_name="fetched",
            constraint=models.UniqueConstraint(fields=("mailbox", "uidvalidity", "uid"), name="fetched_once"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("gone",), name="merged_away_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("gone")), _negated=True), name="merge_of_two"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=["connection", "external_id"],
                name="message_on_network",
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("case", "user"), name="presence_once"),
        ),
    ]
