import contacts.models.customer
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import knowledge.models
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
        migrations.RunSQL(
            """
            CREATE TEXT SEARCH CONFIGURATION public.kcc_dutch (COPY = pg_catalog.dutch);
            ALTER TEXT SEARCH CONFIGURATION public.kcc_dutch
                ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.dutch_stem;
            """,
            "DROP TEXT SEARCH CONFIGURATION public.kcc_dutch",
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("external_id", models.CharField(max_length=200, unique=True, verbose_name="extern kenmerk")),
                ("title", models.CharField(max_length=200, verbose_name="titel")),
                (
                    "short_answer",
                    models.TextField(help_text="Hooguit 60 woorden; een regel per punt.", verbose_name="kort antwoord"),
                ),
                ("body", models.TextField(blank=True, verbose_name="tekst")),
                (
                    "keywords",
                    models.CharField(
                        blank=True,
                        help_text="Woorden van de burger die niet in de titel staan.",
                        max_length=500,
                        verbose_name="trefwoorden",
                    ),
                ),
                ("internal", models.BooleanField(default=False, verbose_name="intern")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="versie")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="gecontroleerd op")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="controleren vóór")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="gepubliceerd op")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="ingetrokken op")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="gemaakt op"),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="gewijzigd op")),
                (
                    "plain",
                    models.GeneratedField(
                        db_persist=True,
                        expression=knowledge.models.PlainText(models.F("body")),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "vector",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.CombinedSearchVector(
                                django.contrib.postgres.search.CombinedSearchVector(
                                    django.contrib.postgres.search.SearchVector(
                                        "title", config="kcc_dutch", weight="A"
                                    ),
                                    "||",
                                    django.contrib.postgres.search.SearchVector(
                                        "keywords", config="kcc_dutch", weight="A"
                                    ),
                                    django.contrib.postgres.search.SearchConfig("kcc_dutch"),
                                ),
                                "||",
                                django.contrib.postgres.search.SearchVector(
                                    "short_answer", config="kcc_dutch", weight="B"
                                ),
                                django.contrib.postgres.search.SearchConfig("kcc_dutch"),
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector("body", config="kcc_dutch", weight="C"),
                            django.contrib.postgres.search.SearchConfig("kcc_dutch"),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=contacts.models.customer.Fold(
                            django.db.models.functions.text.Concat(
                                models.F("title"), models.Value(" "), models.F("keywords")
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="eigenaar",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to="accounts.team",
                        verbose_name="afdeling",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to="contacts.topic",
                        verbose_name="onderwerp",
                    ),
                ),
            ],
            options={
                "verbose_name": "kennisartikel",
                "verbose_name_plural": "kennisartikelen",
            },
        ),
        migrations.CreateModel(
            name="Usage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="moment")),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usages",
                        to="knowledge.article",
                        verbose_name="kennisartikel",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="door",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usages",
                        to="contacts.contact",
                        verbose_name="klantcontact",
                    ),
                ),
            ],
            options={
                "verbose_name": "gebruik",
                "verbose_name_plural": "gebruik",
            },
        ),
        migrations.AddIndex(
            model_name="article",
            index=django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="article_words"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("folded"), name="gin_trgm_ops"), name="article_letters"
            ),
        ),
        migrations.AddIndex(
            model_name="usage",
            index=models.Index(fields=["article", "-at"], name="usage_of_article"),
        ),
        migrations.AddConstraint(
            model_name="usage",
            constraint=models.UniqueConstraint(fields=("article", "contact"), name="used_once_per_contact"),
        ),
    ]
