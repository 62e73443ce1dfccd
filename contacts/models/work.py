from typing import Any
from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import Notification, Team, User
from contacts.models.event import Event

LINES = {  # for the bell: the colleague reads them in the own language
    "case_assigned": _("%(by)s wees je toe: %(title)s"),
    "case_consulted": _("%(by)s vraagt je afdeling: %(title)s"),
    "case_advised": _("%(by)s gaf antwoord over %(title)s"),
    "case_mentioned": _("%(by)s noemde je bij %(title)s"),
    "case_taken_over": _("%(by)s nam over: %(title)s"),
    "case_transferred": _("%(by)s zette door: %(title)s"),
    "case_resumed": _("Terug in de werkvoorraad: %(title)s"),
    "case_undelivered": _("Je antwoord is niet bezorgd: %(title)s"),
}


class Work(models.Model):
    """Something that a team has to do: what happens to it is written down, and told to the pages that show it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("titel"), max_length=200)
    team = models.ForeignKey(Team, models.PROTECT, related_name="cases", verbose_name=_("afdeling"))
    closed_at = models.DateTimeField(_("gesloten op"), null=True, blank=True)

    class Meta:
        abstract = True

    def track(self, kind: str, *, by: User | None, **data: Any) -> Event:
        self.hint()
        return Event.objects.create(case_id=self.pk, kind=kind, by=by, data=data)

    def hint(self) -> None:
        """Tell the pages that show this, once it is committed, that they should ask again."""
        push.hint("cases", f"team:{self.team_id}", "kcc")

    def tell(self, person: User, kind: str, *, key: str, by: User | None = None) -> None:
        """Put a line about this in somebody's bell; the same key twice is one line, and nobody hears of themselves."""
        if by is not None and by.pk == person.pk:
            return
        with translation.override(person.language):
            text = LINES[kind] % {"by": by.short_name if by else "", "title": self.title}
        url = reverse("contacts:case", args=[self.uuid])
        _row, created = Notification.objects.get_or_create(
            recipient=person, key=f"{kind}:{self.pk}:{key}", defaults={"kind": kind, "text": text[:200], "url": url}
        )
        if created:
            push.hint("bell", f"user:{person.pk}")
