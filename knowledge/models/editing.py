"""One editor at a time in an article."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import push
from accounts.models import User

TERM = timedelta(minutes=15)  # how long an article stays with an editor who does nothing


class Edited(models.Model):
    """What one editor at a time has open to write in: a soft lock that ends by itself."""

    edited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("wordt bewerkt door"),
        db_index=False,
    )  # fmt: skip
    edited_since = models.DateTimeField(_("wordt bewerkt sinds"), null=True, blank=True)
    edited_until = models.DateTimeField(_("wordt bewerkt tot"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def editor(self) -> User | None:
        """Give who has this open to write in now."""
        return self.edited_by if self.edited_until and self.edited_until > timezone.now() else None

    def open_for(self, by: User) -> bool:
        """Give this to an editor for fifteen minutes unless somebody else has it; say whether it is theirs now."""
        return self._take(by, where=Q(edited_by=None) | Q(edited_until__lte=timezone.now()) | Q(edited_by=by))

    def take_over(self, *, by: User) -> None:
        """Give this to an editor for fifteen minutes, from whoever has it."""
        self._take(by, where=Q())
        self.stir()

    def renew(self, *, by: User) -> None:
        """Keep this with an editor fifteen minutes longer; what they laid down or lost to somebody else stays so."""
        rows = type(self)._default_manager.filter(pk=self.pk, edited_by=by)
        rows.update(edited_until=timezone.now() + TERM)

    def lay_down(self, *, by: User) -> None:
        """Let others write in this again, when this editor has it."""
        rows = type(self)._default_manager.filter(pk=self.pk, edited_by=by)
        rows.update(edited_by=None, edited_since=None, edited_until=None)

    def stir(self) -> None:
        """Have the pages on which editors have this open ask where it stands now."""
        push.hint("article", f"article:{self.pk}")

    def _take(self, by: User, *, where: Q) -> bool:
        now = timezone.now()
        rows = type(self)._default_manager.filter(where, pk=self.pk)
        kept = rows.filter(edited_by=by, edited_until__gt=now).update(edited_until=now + TERM)
        mine = kept or rows.update(edited_by=by, edited_since=now, edited_until=now + TERM)
        self.refresh_from_db(fields=["edited_by", "edited_since", "edited_until"])
        return bool(mine)
