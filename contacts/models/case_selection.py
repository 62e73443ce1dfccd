"""Which cases: those somebody may see, those that must be done now, and in which order."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models import Case as Choice
from django.db.models import F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Role, User
from accounts.paging import Place
from accounts.worktime import LOCAL

if TYPE_CHECKING:
    from contacts.models.case import Case
    from contacts.models.customer import Customer

ANSWERED = Q(answered_at__gte=Coalesce("last_inbound_at", "opened_at"))
ROUND = timedelta(minutes=30)  # so long what a colleague laid down unanswered comes after the rest, for them
FAR_AHEAD = datetime(2200, 1, 1, tzinfo=LOCAL)  # after everything that is due


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Give the cases this user may see: the contact centre all, a specialist those of and for the own teams."""
        if user.works_at_kcc:
            return self
        return self.of_teams(user) if user.has_role(Role.SPECIALIST) else self.none()

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.exclude(closed_at=None).filter(spam_at=None, merged_into=None)

    def spam(self) -> Self:
        return self.exclude(spam_at=None)

    def of_teams(self, user: User) -> Self:
        """Give the cases of this colleague's teams, and those about which a team of theirs is asked."""
        return self.filter(Q(team__in=user.team_ids) | Q(consulted_team__in=user.team_ids))

    def of(self, user: User, *, now: datetime) -> Self:
        """Give what is assigned to this colleague or in their hands."""
        return self.filter(Q(assignee=user) | Q(held_by=user, held_until__gt=now))

    def unread(self, *, now: datetime) -> Self:
        """Give what nobody looked at since the customer wrote, or since it came back."""
        back = Q(snoozed_until__lte=now, read_at__lt=F("snoozed_until"))
        return self.filter(Q(read_at=None) | back | Q(waiting_until__lte=now, read_at__lt=F("waiting_until")))

    def to_do_by(self, user: User, *, now: datetime) -> Self:
        """Give the open cases somebody must act on now: unanswered or come back, and neither waiting nor put off.

        What a department was asked about is for that department, and for everybody again when it is late.
        """
        back = Q(snoozed_until__lte=now) | Q(waiting_until__lte=now)
        asked = Q(consulted_at=None) | Q(consulted_team__in=user.team_ids) | Q(due_at__lte=now)
        return self.open().not_snoozed(now=now).filter(~ANSWERED | back, asked).exclude(waiting_until__gt=now)

    def not_snoozed(self, *, now: datetime) -> Self:
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def snoozed(self, *, now: datetime) -> Self:
        return self.open().filter(snoozed_until__gt=now)

    def waiting(self, *, now: datetime) -> Self:
        """Give the open cases in which it is the customer's turn."""
        turn = Q(waiting_until__gt=now) | (ANSWERED & Q(waiting_until=None, snoozed_until=None))
        return self.open().not_snoozed(now=now).filter(turn)

    def consulted(self) -> Self:
        return self.open().exclude(consulted_at=None)

    def resuming(self, *, now: datetime) -> Self:
        """Give the open cases whose moment has come, and that were not marked unread since."""
        back = Q(snoozed_until__lte=now, read_at__lt=F("snoozed_until"))
        rows = self.open().filter(back | Q(waiting_until__lte=now, read_at__lt=F("waiting_until")))
        return rows.select_related("assignee").order_by("pk")

    def free(self, *, now: datetime) -> Self:
        """Give what nobody has in hand."""
        return self.filter(Q(held_by=None) | Q(held_until__lte=now))

    def for_next(self, user: User, *, now: datetime) -> Self:
        """Give what this colleague may take: in nobody's hands, and assigned to nobody else."""
        return self.free(now=now).filter(Q(assignee=None) | Q(assignee=user))

    @transaction.atomic
    def take_first(self, *, by: User) -> "Case | None":
        """Give the case due first, in the hands of this colleague; one that somebody else takes now is passed over."""
        rows = self.in_round_of(by, now=timezone.now()).select_for_update(of=("self",), skip_locked=True)
        case = rows.first()
        return case if case is not None and case.claim(by=by) else None

    def chosen(self, uuids: list[UUID]) -> Self:
        return self.filter(uuid__in=uuids)

    def with_reference(self, reference: str) -> "Case | None":
        return self.select_related("merged_into").filter(reference=reference).first()

    def with_reference_ending_in(self, end: str) -> Self:
        return self.filter(reference__endswith=end).order_by("reference")

    def with_references(self, references: list[str]) -> Self:
        return self.filter(reference__in=references)

    def of_customers(self, customers: "list[Customer]") -> Self:
        return self.filter(customer__in=customers).order_by("due_at", "pk")

    def besides(self, case: "Case") -> Self:
        return self.exclude(pk=case.pk)

    def by_channel(self, channel: str) -> Self:
        return self.filter(channel=channel)

    def about(self, topic: UUID) -> Self:
        return self.filter(topic__uuid=topic)

    def in_mailbox(self, mailbox: UUID) -> Self:
        return self.filter(mailbox__uuid=mailbox)

    def alike(self, case: "Case") -> Self:
        """Give the other open cases of the same customer about the same topic."""
        if case.topic_id is None or case.closed_at is not None:
            return self.none()
        return self.beside(case).filter(topic=case.topic_id)

    def beside(self, case: "Case") -> Self:
        """Give the other open cases of the same customer."""
        return self.open().filter(customer=case.customer_id).besides(case) if case.customer_id else self.none()

    def oldest_risk_first(self, *, after: Place | None = None) -> Self:
        """Give the rows by the moment they are due, what was answered after all that was not; from a place on."""
        risk = Choice(When(ANSWERED, then=Value(FAR_AHEAD)), default=F("due_at"), output_field=models.DateTimeField())
        rows = self.annotate(risk_at=risk).order_by("risk_at", "pk")
        if after is not None:
            moment, pk = after
            rows = rows.filter(Q(risk_at__gt=moment) | Q(pk__gt=pk), risk_at__gte=moment)
        return rows

    def in_round_of(self, user: User, *, now: datetime) -> Self:
        """Give the rows the oldest risk first, and after all others what this colleague just laid down unanswered.

        Of those what was laid down longest ago comes first; a new message of the customer ends it.
        """
        news = Q(last_inbound_at__gt=F("held_until"))
        laid_down = When(~news, held_by=user, held_until__gt=now - ROUND, then=F("held_until"))
        rows = self.oldest_risk_first().annotate(laid_down_at=Choice(laid_down))
        return rows.order_by(F("laid_down_at").asc(nulls_first=True), "risk_at", "pk")

    def latest_closed_first(self, *, before: Place | None = None) -> Self:
        rows = self.order_by("-closed_at", "-pk")
        if before is not None:
            moment, pk = before
            rows = rows.filter(Q(closed_at__lt=moment) | Q(pk__lt=pk), closed_at__lte=moment)
        return rows

    def for_list(self) -> Self:
        """Give the rows with everything a list shows."""
        return self.select_related("assignee", "held_by", "consulted_team")

    def with_details(self) -> Self:
        """Give the rows with everything a page about one shows."""
        return self.select_related(
            "customer", "team", "assignee", "topic__parent", "topic__team", "held_by", "consulted_team", "mailbox",
            "connection", "merged_into",
        )  # fmt: skip
