"""Reminders about articles: each is told once, whatever dies."""

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
ALONG = 100  # articles in one line for somebody
OF_A_DAY = ("soon", "review", "expires")  # kinds of which somebody gets one line and one mail a day, for all articles
LIST_OF = {"soon": "review", "review": "review", "expires": "expiring"}  # where they stand together


class NoticeQuerySet(LeasedQuerySet["Notice"]):
    """Notices by whether they were told."""

    def with_articles(self) -> Self:
        """Give the rows with all that telling somebody needs."""
        return self.select_related("article__owner", "article__team")

    def untold(self) -> Self:
        """Give what still has to be told, now or later."""
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
        return self.text

    @property
    def kind(self) -> str:
        """Give what it is about, the first word of its occurrence."""
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
            version, four_eyes = self.version, Editorial.current().four_eyes
            own = version.own_eyes if four_eyes else {version.submitted_by_id}
            return Recipients(self.article, now=now, passed_over=own).desk()
        if self.kind == "feedback" and self.step == "late":
            return Recipients(self.article, now=now).watchers()
        return Recipients(self.article, now=now).keepers()

    @transaction.atomic
    def send(self, *, now: datetime.datetime) -> bool:
        """Put this in the bell of each who must hear it and write the mails, all in one transaction.

        Says whether this process still held the row; nothing is written when it did not, or when it holds no longer.
        With nobody to tell it waits until there is somebody. What is of the same kind and belongs to a day is told
        along, and counted in the one line that each person has of it that day.
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
        told = {person: [self] for person in people}
        if self.kind in OF_A_DAY and self.attempts == 1:  # when that broke off, each has a turn of its own
            for row, hearers in self._along(now):
                for person in hearers:
                    told.setdefault(person, []).append(row)
        if told:
            mail_at = _opening(now)
            people = sorted(told, key=lambda person: person.pk)  # all take the lines in one order: none waits in a ring
            for person in people:
                told[person][0]._ring(person, n=len(told[person]), now=now)
            push.hint("bell", *(f"user:{person.pk}" for person in people))
            for person in people:
                told[person][0]._write(person, now=now, not_before=mail_at)
        return True

    def _along(self, now: datetime.datetime) -> "list[tuple[Notice, list[User]]]":
        """Finish what is due of this kind and nobody holds, and give who must hear of each; the rest has its own turn.

        They are held by this transaction, not by a lease: when it breaks off, they are as they were.
        """
        rows = Notice.objects.with_articles().due(now=now).filter(occurrence__startswith=f"{self.kind}:", attempts=0)
        told = []
        for row in rows.exclude(pk=self.pk).select_for_update(of=("self",), skip_locked=True)[:ALONG]:
            try:
                people = row.hearers(now=now) if row.holds(now=now) else []
            except ValueError:  # an occurrence that says nothing: it fails by itself, where it is seen
                continue
            if people:
                told.append((row, people))
        finished = [row.pk for row, _people in told]
        Notice.objects.filter(pk__in=finished).update(done_at=now, attempts=1)
        return told

    @property
    def key(self) -> str:
        """Give by what bell and mail know that this one was told."""
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

    def _ring(self, person: User, *, n: int, now: datetime.datetime) -> None:
        """Put this in the bell of a colleague, who must hear it of n articles; what belongs to a day in one line."""
        with translation.override(person.language):
            if self.kind in OF_A_DAY:
                key = f"care:{self.kind}:{now.astimezone(LOCAL).date()}"
                Notification.objects.more(n, recipient=person, key=key, kind="knowledge", say=self._said_of)
                return
            said = {"kind": "knowledge", "text": self.text[:200], "url": self.url}
            Notification.objects.get_or_create(recipient=person, key=self.key, defaults=said)

    def _said_of(self, n: int) -> tuple[str, str]:
        """Give the line for the bell and its page, of this article or of so many at once."""
        if n == 1:
            return self.text, self.url
        return self._text_of(n), reverse("knowledge:editorial_list", args=[LIST_OF[self.kind]])

    def _text_of(self, n: int) -> str:
        """Give the line for several articles at once."""
        texts = {
            "soon": _t("%(n)d artikelen moeten binnenkort gecontroleerd worden"),
            "review": _t("De controle van %(n)d artikelen is verlopen"),
            "expires": _t("%(n)d artikelen gelden binnenkort niet meer"),
        }
        return texts[self.kind] % {"n": n}

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
