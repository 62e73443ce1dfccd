import datetime
from functools import cached_property
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import push
from accounts.models import Notification, User, office_hours
from accounts.worktime import LOCAL, NeverOpen
from contacts.models import Leased, LeasedQuerySet, Outgoing
from contacts.models.lease import WAITING
from knowledge.models.article import Article
from knowledge.models.editorial import Editorial
from knowledge.models.feedback import Feedback
from knowledge.models.gap import Gap
from knowledge.models.recipients import Recipients
from knowledge.models.version import Version

NOBODY_YET = datetime.timedelta(minutes=5)  # after which it is seen again whether there is somebody to tell
OF_A_DAY = ("soon", "review", "expires")  # kinds of which somebody gets one mail a day, however many articles


class NoticeQuerySet(LeasedQuerySet["Notice"]):
    def with_articles(self) -> Self:
        """Give the rows with all that telling somebody needs."""
        return self.select_related("article__owner", "article__team")

    def untold(self) -> Self:
        return self.filter(WAITING)

    def set_aside(self) -> Self:
        """Give what was not told because it kept failing: a person must look at it."""
        return self.filter(done_at=None, parked_at__isnull=False)


class Notice(Leased):
    """That somebody must hear about an article at a moment; a row, so that no crash can forget it.

    The occurrence names what for and which time: "soon:<day>" and "review:<day>" (its next check), "expires:<day>",
    "feedback:<uuid>:new", ":due" or ":late", "approval:<uuid>:<when offered>" and ":again"; without an article
    "gaps:<day>", what colleagues asked for.
    """

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="notices", verbose_name=_("kennisartikel"), db_index=False,
        null=True, blank=True,
    )  # fmt: skip
    occurrence = models.CharField(_("aanleiding"), max_length=80)
    due_at = models.DateTimeField(_("moment"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("herinnering aan een artikel")
        verbose_name_plural = _("herinneringen aan artikelen")
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=WAITING, name="notice_due"),
            models.Index(
                fields=["parked_at"], condition=models.Q(done_at=None, parked_at__isnull=False), name="notice_parked"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "occurrence"], nulls_distinct=False, name="notice_once")
        ]

    def __str__(self) -> str:
        return self.occurrence

    @property
    def kind(self) -> str:
        return self.occurrence.split(":")[0]

    @property
    def step(self) -> str:
        """Give which time this is about: new, due or late of a feedback, again of an approval."""
        last = self.occurrence.rpartition(":")[2]
        return last if last in ("new", "due", "late", "again") else ""

    @cached_property
    def feedback(self) -> Feedback | None:
        """Give what was said of the article, while somebody must still look at it."""
        uuid = UUID(self.occurrence.split(":")[1])
        return Feedback.objects.open().filter(uuid=uuid).first()

    @cached_property
    def version(self) -> Version | None:
        """Give what was offered for approval then, while it still waits."""
        uuid, offered = self.occurrence.split(":")[1:3]
        found = Version.objects.waiting().filter(uuid=UUID(uuid)).first()
        offers = found is not None and found.submitted_at is not None and stamp(found.submitted_at) == offered
        return found if offers else None

    def holds(self, *, now: datetime.datetime) -> bool:
        """Say whether there is still something to tell: the row may be older than what it is about."""
        if self.kind == "feedback":
            return self.feedback is not None
        if self.kind == "approval":
            return self.version is not None
        if self.kind == "gaps" or self.article is None:
            return self._day == now.astimezone(LOCAL).date() and Gap.objects.open().exists()
        known = self.article.valid_until if self.kind == "expires" else self.article.review_on
        readable = self.article.published_at is not None and self.article.withdrawn_at is None
        return readable and not self.article.is_over and known == self._day

    def hearers(self, *, now: datetime.datetime) -> list[User]:
        """Give who must hear this now."""
        if self.kind == "gaps":
            return Recipients(None, now=now).desk()
        if self.kind == "approval":
            assert self.version is not None
            own = {self.version.submitted_by_id}
            own |= {*self.version.writers, self.version.written_by_id} if Editorial.current().four_eyes else set()
            return Recipients(self.article, now=now, passed_over=own).desk()
        if self.kind == "feedback" and self.step == "late":
            return Recipients(self.article, now=now).watchers()
        return Recipients(self.article, now=now).keepers()

    @transaction.atomic
    def send(self, *, now: datetime.datetime) -> bool:
        """Put this in the bell of each who must hear it and write the mails, all in one transaction.

        Says whether this process still held the row; nothing is written when it did not, or when it holds no longer.
        With nobody to tell it waits until there is somebody.
        """
        holds = self.holds(now=now)
        people = self.hearers(now=now) if holds else []
        if holds and not people:
            self.wait(_t("niemand om te waarschuwen"), until=now + NOBODY_YET)
            return False
        if not self.finish(now=now):
            return False
        if self.kind == "feedback" and self.step == "new" and self.feedback is not None:
            people = [person for person in people if person.pk != self.feedback.by_id]  # who said it knows it
        if people:
            mail_at = _opening(now)
            Notification.objects.bulk_create([self._line(person) for person in people], ignore_conflicts=True)
            push.hint("bell", *(f"user:{person.pk}" for person in people))
            for person in people:
                self._write(person, now=now, not_before=mail_at)
        return True

    @property
    def key(self) -> str:
        return f"notice:{self.pk}:{self.occurrence}"

    @property
    def url(self) -> str:
        """Give the page on which something can be done about it."""
        if self.kind == "feedback" and self.feedback is not None:
            return self.feedback.get_absolute_url()
        if self.article is None:
            return reverse("knowledge:editorial_list", args=["gaps"])
        if self.kind == "approval":
            return reverse("knowledge:preview", args=[self.article.uuid])
        return reverse("knowledge:check", args=[self.article.uuid])

    @property
    def text(self) -> str:
        """Give the line for the bell."""
        if self.article is None:
            n = Gap.objects.once_each().count()
            words = ngettext("%(n)d gevraagd artikel is er nog niet", "%(n)d gevraagde artikelen zijn er nog niet", n)
            return words % {"n": n}
        texts = {
            "soon": _t("Controleer “%(title)s” vóór %(day)s"),
            "review": _t("De controle van “%(title)s” is verlopen"),
            "expires": _t("“%(title)s” geldt tot en met %(day)s"),
            "feedback:new": _t("Er klopt iets niet in “%(title)s”"),
            "feedback:due": _t("Behandel vandaag de melding over “%(title)s”"),
            "feedback:late": _t("De melding over “%(title)s” is te laat"),
            "approval": _t("“%(title)s” wacht op goedkeuring"),
            "approval:again": _t("“%(title)s” wacht nog steeds op goedkeuring"),
        }
        word = f"{self.kind}:{self.step}" if self.step else self.kind
        day = date_format(self._day, _t("j b Y")) if self.kind in OF_A_DAY else ""
        return texts[word] % {"title": self.article.title[:100], "day": day}

    @property
    def _day(self) -> datetime.date:
        return datetime.date.fromisoformat(self.occurrence.split(":")[1])

    def _line(self, person: User) -> Notification:
        with translation.override(person.language):
            text = self.text[:200]
        return Notification(recipient=person, key=self.key, kind="knowledge", text=text, url=self.url)

    def _write(self, person: User, *, now: datetime.datetime, not_before: datetime.datetime) -> None:
        """Write the mail to this colleague; of what belongs to a day, one for all of it."""
        if not person.email:
            return
        with translation.override(person.language):
            key, subject, url = f"{self.key}:{person.pk}", self.text, self.url
            if self.kind in OF_A_DAY:
                key = f"care:{now.astimezone(LOCAL).date()}:{person.pk}"
                subject, url = _t("Kennisbank: artikelen om na te kijken"), reverse("knowledge:editorial")
            body = _t("%(subject)s\n\nOpen de kennisbank: %(url)s\n")
        Outgoing.write(
            key=key,
            kind="reminder",
            recipient=person.email,
            subject=subject,
            body=body % {"subject": subject, "url": settings.BASE_URL + url},
            headers={"Auto-Submitted": "auto-generated"},
            not_before=not_before,
        )


def stamp(moment: datetime.datetime) -> str:
    """Give a moment as an occurrence names it."""
    return str(int(timezone.localtime(moment, datetime.UTC).timestamp() * 1_000_000))


def _opening(now: datetime.datetime) -> datetime.datetime:
    """Give when mail may leave: now while the office is open, else when it opens."""
    try:
        return office_hours().next_opening(now)
    except NeverOpen:
        return now
