"""Which contacts: those somebody may see, a timeline page by page, and written conversations as one."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from accounts.models import Role, User

if TYPE_CHECKING:
    from contacts.models.contact import Contact

WRITTEN = ("email", "social", "web", "chat")  # channels in which one conversation is one entry of a timeline
SAID = 20_000  # characters of one message of several
CALLBACK = "callback"  # beside the channels: what came of a contact, and is shown as an entry of its own

# What a written conversation holds besides the contact that stands for it: of at most its last 100 messages.
THREAD = """
CASE WHEN contacts_contact.channel IN ('email', 'social', 'web', 'chat') THEN (
    SELECT jsonb_build_object(
        'messages', count(*),
        'files', sum(files),
        'subject', (array_agg(subject ORDER BY happened_at, id))[1],
        'asked', (array_agg(jsonb_build_array(party, text) ORDER BY happened_at DESC, id DESC)
            FILTER (WHERE direction = 'in'))[1]
    ) FROM (
        SELECT id, happened_at, direction, party, subject, left(text, 400) AS text, (
            SELECT count(*) FROM contacts_attachment WHERE contact_id = message.id AND NOT is_inline
        ) AS files
        FROM contacts_contact AS message
        WHERE conversation = contacts_contact.conversation AND channel IN ('email', 'social', 'web', 'chat') AND reached
            AND customer_id IS NOT DISTINCT FROM contacts_contact.customer_id
        ORDER BY happened_at DESC, id DESC LIMIT 100
    ) AS latest
) END
"""
# How far what was sent came, the worst first: Outgoing.status of the rows of one message.
SENT = """
CASE WHEN contacts_contact.direction = 'out' THEN (
    SELECT CASE
        WHEN bool_or(bounced_at IS NOT NULL) THEN 'bounced'
        WHEN bool_or(done_at IS NULL AND parked_at IS NOT NULL AND handed_over_at IS NULL) THEN 'failed'
        WHEN bool_or(done_at IS NULL AND parked_at IS NOT NULL) THEN 'uncertain'
        WHEN bool_or(done_at IS NULL AND last_error > '') THEN 'delayed'
        WHEN bool_or(done_at IS NULL) THEN 'waiting'
    END FROM contacts_outgoing WHERE contact_id = contacts_contact.id AND withdrawn_at IS NULL
) END
"""
ARTICLES = """
SELECT coalesce(jsonb_agg(jsonb_build_array(article.uuid, article.title) ORDER BY usage.id), '[]')
FROM knowledge_usage AS usage JOIN knowledge_article AS article ON article.id = usage.article_id
WHERE usage.contact_id = contacts_contact.id
"""


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        """Give the contacts this user may see: the contact centre all, a specialist those around own work."""
        if user.works_at_kcc:
            return self
        if user.has_role(Role.SPECIALIST):
            teams = user.team_ids
            itself = self.model._default_manager.filter(pk=OuterRef("pk"))
            theirs = self.model._default_manager.filter(customer=OuterRef("customer_id"))
            return self.filter(  # questions that each walk an index, for one row at a time
                Exists(itself.filter(callbacks__team__in=teams))
                | Exists(itself.filter(case__team__in=teams))
                | Exists(itself.filter(case__consulted_team__in=teams))
                | Exists(theirs.filter(callbacks__team__in=teams))
                | Exists(theirs.filter(case__team__in=teams))
            )
        return self.none()

    def timeline(self, *, before: tuple[datetime, int] | None = None, channels: Collection[str] | None = None) -> Self:
        """Give contacts newest first, from where the page before ended; a missed attempt stays with its callback.

        Of channels, "callback" stands for the contacts that a callback came of.
        """
        rows = self.filter(reached=True).order_by("-happened_at", "-pk")
        if channels:
            itself = self.model._default_manager.filter(pk=OuterRef("pk"), callbacks__isnull=False)
            rows = rows.filter(Q(channel__in=channels) | (Exists(itself) if CALLBACK in channels else Q()))
        if before is not None:
            moment, pk = before
            rows = rows.filter(Q(happened_at__lt=moment) | Q(happened_at=moment, pk__lt=pk), happened_at__lte=moment)
        return rows

    def threads(self, *, customer: int | None, channels: Collection[str] | None = None) -> Self:
        """Give of each written conversation with this customer only the last contact, which stands for all of it.

        Where only some channels are asked for, that is the last one in those.
        """
        written = [channel for channel in WRITTEN if not channels or channel in channels]
        later = self.model._default_manager.filter(
            Q(happened_at__gt=OuterRef("happened_at")) | Q(pk__gt=OuterRef("pk")),
            conversation=OuterRef("conversation"),
            happened_at__gte=OuterRef("happened_at"),
            channel__in=written,
            customer=customer,
            reached=True,
        )
        return self.filter(~Q(channel__in=written) | ~Exists(later))

    def unmatched(self, *, before: tuple[datetime, int] | None = None) -> Self:
        """Give the contacts of people nobody recognised as a timeline, in the order of the index that holds them."""
        return self.filter(customer=None).timeline(before=before).order_by("customer_id", "-happened_at", "-pk")

    def count_new(self, *, since: datetime, own: str) -> int:
        """Give how many entries came into a timeline since then, as far as its last 100 contacts tell.

        Not counted is what has a key that begins with own: what the person who looks wrote down there.
        """
        latest = self.timeline().values("key", "channel", "conversation", "uuid", "registered_at")[:100]
        fresh = [row for row in latest if row["registered_at"] > since and not row["key"].startswith(own)]
        return len({row["conversation"] if row["channel"] in WRITTEN else row["uuid"] for row in fresh})

    def of_conversation(self, contact: "Contact") -> Self:
        """Give the messages of a written conversation, oldest first, as far as they are of the same customer."""
        rows = self.filter(conversation=contact.conversation, customer=contact.customer_id, channel__in=WRITTEN)
        return rows.filter(reached=True).order_by("happened_at", "pk")

    def with_messages(self) -> Self:
        """Add who wrote to whom, the files that came along, and the text as far as it is shown in a list (said)."""
        files = self._all("attachments").filter(is_inline=False).order_by("pk")
        rows = self.select_related("agent", "message").prefetch_related(Prefetch("attachments", files), "outgoing")
        return rows.annotate(said=Left("text", SAID)).defer("text", "message__html", "message__quoted")

    def with_details(self) -> Self:
        return self.select_related("agent", "topic__parent", "case")

    def with_thread(self) -> Self:
        """Add what a written conversation holds (thread), how far what was sent came, and articles that were used."""
        return self.annotate(
            thread=RawSQL(THREAD, (), output_field=models.JSONField()),  # noqa: S611
            sent=RawSQL(SENT, (), output_field=models.CharField()),  # noqa: S611
            articles=RawSQL(ARTICLES, (), output_field=models.JSONField()),  # noqa: S611
        )

    def with_outcome(self) -> Self:
        """Add the callbacks that came of each contact, with their attempts; two queries at most."""
        return self.prefetch_related(
            Prefetch("callbacks", self._all("callbacks").select_related("team", "assignee")),
            Prefetch("callbacks__attempts", self._all("callbacks", "attempts").select_related("by")),
        )

    def _all(self, *path: str) -> models.QuerySet[Any]:
        """Give all rows of the model at the end of these relations, in apps that this one must not import."""
        model: type[models.Model] = self.model
        for name in path:
            model = model._meta.get_field(name).related_model  # type: ignore[assignment]
        return model._default_manager.all()
