from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Team, User
from contacts.models.case import Case
from contacts.models.customer import Customer
from contacts.models.event import Event
from contacts.models.selection import WRITTEN, ContactQuerySet
from contacts.models.topic import Topic


class Channel(models.TextChoices):
    """The way a contact came in or went out."""

    PHONE = "phone", _("Telefoon")
    EMAIL = "email", _("E-mail")
    DESK = "desk", _("Balie")
    SOCIAL = "social", _("Social")
    WEB = "web", _("Web")
    CHAT = "chat", _("Chat")
    POST = "post", _("Post")


ADDRESS_KINDS = {Channel.PHONE: "phone", Channel.EMAIL: "email"}  # what a contact by this channel says of a person


class Direction(models.TextChoices):
    INBOUND = "in", _("inkomend")
    OUTBOUND = "out", _("uitgaand")


class Outcome(models.TextChoices):
    """How a contact ended for the citizen; the first two count as answered at once."""

    ANSWERED = "answered", _("Direct beantwoord")
    CONSULTED = "consulted", _("Na ruggespraak")
    TRANSFERRED = "transferred", _("Doorverbonden")
    CALLBACK = "callback", _("Terugbelverzoek")
    CASE = "case", _("Zaak")
    REFERRED = "referred", _("Verwezen")
    BROKEN_OFF = "broken_off", _("Verbroken")


class Contact(models.Model):
    """One question of one citizen in one conversation, by whatever channel; documentary once it is closed."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField(_("sleutel"), max_length=200)
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("klant"),
        db_index=False,
    )
    conversation = models.UUIDField(_("gesprek"), default=uuid4)
    channel = models.CharField(_("kanaal"), max_length=6, choices=Channel)
    direction = models.CharField(_("richting"), max_length=3, choices=Direction, default=Direction.INBOUND)
    party = models.CharField(_("nummer of adres"), max_length=254, blank=True)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("onderwerp")
    )
    subject = models.CharField(_("titel"), max_length=200, blank=True)
    text = models.TextField(_("vraag en antwoord"), blank=True)
    outcome = models.CharField(_("afhandeling"), max_length=11, choices=Outcome, blank=True)
    transferred_to = models.CharField(_("doorverbonden naar"), max_length=120, blank=True)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("zaak")
    )
    agent = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("medewerker"),
        db_index=False,
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("afdeling")
    )
    reached = models.BooleanField(_("klant bereikt"), default=True)
    readable = models.BooleanField(_("leesbaar"), default=True)
    network = models.CharField(
        _("netwerk"), max_length=9, blank=True, default="", db_default=""
    )  # of a social contact: mastodon, whatsapp, …
    seconds = models.PositiveIntegerField(_("duur in seconden"), null=True, blank=True)
    waited_seconds = models.PositiveIntegerField(_("wachttijd in seconden"), null=True, blank=True)
    after_seconds = models.PositiveIntegerField(_("nawerktijd in seconden"), null=True, blank=True)
    by_appointment = models.BooleanField(_("op afspraak"), null=True, blank=True)  # of a visit to the desk
    happened_at = models.DateTimeField(_("moment"))
    registered_at = models.DateTimeField(_("vastgelegd op"), default=timezone.now)
    closed_at = models.DateTimeField(_("afgerond op"), null=True, blank=True)

    is_new = False  # whether register() made it just now, or found it

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("klantcontact")
        verbose_name_plural = _("klantcontacten")
        indexes = [
            models.Index(fields=["customer", "-happened_at", "-id"], name="contact_timeline"),
            models.Index(fields=["-happened_at"], name="contact_newest"),
            models.Index(fields=["conversation", "-happened_at", "-id"], name="contact_conversation"),
            models.Index(
                fields=["customer", "topic", "-happened_at"],
                condition=models.Q(customer__isnull=False, topic__isnull=False),
                name="contact_on_topic",
            ),
            models.Index(
                fields=["network", "party", "-happened_at"], condition=~models.Q(network=""), name="contact_on_network"
            ),
            models.Index(
                fields=["party", "-happened_at"],
                condition=models.Q(channel="email", direction="in"),
                name="contact_by_mail_address",
            ),
        ]
        # As constraints: a unique field of text would carry a second index, for LIKE.
        constraints = [models.UniqueConstraint(fields=["key"], name="contact_once_per_key")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Give the line that stands for this contact in a list."""
        return self.subject or (self.topic.name.capitalize() if self.topic else "") or str(self.get_channel_display())

    @property
    def duration(self) -> str:
        """Give how long it took in the words of the screen: 5 min 12, 6 min; nothing when unknown."""
        return in_minutes(self.seconds)

    @property
    def wait(self) -> str:
        return in_minutes(self.waited_seconds)

    @property
    def after_duration(self) -> str:
        """Give how long writing it down took after the telephone was hung up."""
        return in_minutes(self.after_seconds)

    @classmethod
    @transaction.atomic(savepoint=False)
    def register(
        cls,
        *,
        key: str,
        channel: str,
        by: User | None,
        direction: str = Direction.INBOUND,
        customer: Customer | None = None,
        party: str = "",
        topic: Topic | None = None,
        subject: str = "",
        text: str = "",
        outcome: str = "",
        transferred_to: str = "",
        case: Case | None = None,
        conversation: UUID | None = None,
        reached: bool = True,
        readable: bool = True,
        network: str = "",
        seconds: int | None = None,
        waited_seconds: int | None = None,
        after_seconds: int | None = None,
        by_appointment: bool | None = None,
        happened_at: datetime | None = None,
    ) -> "Contact":
        """Give the contact with this key: the one door in, where the same arrival twice is one contact.

        A contact that comes with an outcome is closed; one without is work for somebody.
        """
        now = timezone.now()
        customer = customer.held() if customer else None
        contact, created = cls.objects.get_or_create(
            key=key,
            defaults={
                "channel": channel,
                "direction": direction,
                "customer": customer,
                "party": party[:254],
                "topic": topic,
                "subject": subject[:200],
                "text": text,
                "outcome": outcome,
                "transferred_to": transferred_to[:120],
                "case": case,
                "conversation": conversation or uuid4(),
                "agent": by,
                "team": topic.team if topic else None,
                "reached": reached,
                "readable": readable,
                "network": network,
                "seconds": seconds,
                "waited_seconds": waited_seconds,
                "after_seconds": after_seconds,
                "by_appointment": by_appointment,
                "happened_at": happened_at or now,
                "registered_at": now,
                "closed_at": now if outcome else None,
            },
        )
        contact.is_new = created
        if created:
            contact.track("contact_registered", by=by)
        return contact

    @transaction.atomic(savepoint=False)
    def join(self, case: Case, *, by: User | None) -> None:
        """Make this contact part of a case; a second time changes nothing."""
        if self.case_id != case.pk:
            self.case = case
            self.save(update_fields=["case"])
            self.track("case_joined", by=by, reference=case.reference)

    @transaction.atomic
    def match(self, customer: Customer, *, by: User | None) -> bool:
        """Put this contact of an unknown person in the customer's timeline, at the moment it happened.

        What else this person said in the same conversation goes along, with cases, the calls back about it and the
        address it came from. False when it belongs to somebody.
        """
        customer = customer.held()
        if Contact.objects.filter(pk=self.pk, customer=None).update(customer=customer) == 0:
            return False
        self.customer = customer
        others = Contact.objects.filter(conversation=self.conversation, party=self.party, customer=None)
        moved = [self.pk, *others.values_list("pk", flat=True)]
        Contact.objects.filter(pk__in=moved, customer=None).update(customer=customer)
        Case.objects.filter(contacts__in=moved, customer=None).update(customer=customer)
        Contact.objects.filter(customer=None, attempt__callback__contact__in=moved).update(customer=customer)
        if self.party and self.channel in ADDRESS_KINDS:
            customer.add_address(ADDRESS_KINDS[Channel(self.channel)], self.party)
        elif self.party and self.network:
            customer.add_address("social", self.party, network=self.network)
        self.track("contact_matched", by=by)
        return True

    @transaction.atomic
    def correct(self, *, text: str, topic: Topic | None, outcome: str, reason: str, by: User | None) -> bool:
        """Mend an error in this closed contact, with what it was and why kept beside it.

        What a citizen wrote stays as it is. Say whether anything changed.
        """
        known = Contact.objects.select_for_update(of=("self",)).select_related("topic__parent").get(pk=self.pk)
        before = known.facts
        self.text, self.topic, self.outcome = known.text if known.is_message else text, topic, outcome
        self.team = topic.team if topic else None
        changes = {name: [before[name], now] for name, now in self.facts.items() if before[name] != now}
        if known.closed_at is None or not changes:
            return False
        self.save(update_fields=["text", "topic", "outcome", "team"])
        self.track("contact_corrected", by=by, reason=reason, changes=changes)
        return True

    @property
    def facts(self) -> dict[str, str]:
        """Give what may be corrected, in the words of the screen."""
        topic = str(self.topic) if self.topic else ""
        return {"text": self.text, "topic": topic, "outcome": str(self.get_outcome_display())}

    @property
    def is_written(self) -> bool:
        """Say whether this is one of a conversation that reads as a whole."""
        return self.channel in WRITTEN

    @property
    def is_message(self) -> bool:
        """Say whether the text is what somebody wrote to us or we to them, and not what a colleague noted."""
        return Contact.objects.filter(pk=self.pk, message__isnull=False).exists()

    def track(self, kind: str, *, by: User | None, **data: Any) -> Event:
        """Write down that something happened to this contact, and hint the pages that show it."""
        if self.customer_id is not None:
            push.hint("timeline", f"customer:{self.customer_id}")
        return Event.objects.create(contact=self, kind=kind, by=by, data=data)


def in_minutes(seconds: int | None) -> str:
    """Give a length of time in the words of the screen: 5 min 12, 6 min, 40 s; nothing when it is none or unknown."""
    if not seconds or seconds < 60:
        return f"{seconds} s" if seconds else ""
    return f"{seconds // 60} min {seconds % 60:02d}" if seconds % 60 else f"{seconds // 60} min"
