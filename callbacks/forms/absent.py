"""That who was chosen to call back is away, and who stands in."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models.absence import absences
from callbacks.models import Addressee
from callbacks.who import stand_in


@dataclass(frozen=True)
class Absent:
    """Somebody who is away now, until when as far as that is known, and who does the work meanwhile."""

    who: Addressee
    until: datetime | None
    acting: Addressee

    @classmethod
    def of(cls, who: Addressee) -> "Absent | None":
        """Give the absence of this person; None when they are there, and for a department."""
        found = absences([who.person], now=timezone.now()).get(who.person.pk) if who.person else None
        acting = stand_in(who) if found else None
        return cls(who, found.ends_at, acting) if found and acting else None

    @property
    def words(self) -> str:
        """Give it in words: R. Yilmaz is afwezig tot do 26 nov. Vervanger: D. Verhoeven."""
        told = {"who": self.who, "acting": self.acting}
        if self.until is not None:
            told["day"] = date_format(timezone.localtime(self.until), _("D j b"))  # type: ignore[assignment]
            away = _("%(who)s is afwezig tot %(day)s.") % told
        else:
            away = _("%(who)s is afwezig.") % told
        return f"{away} {_('Vervanger: %(acting)s.') % told if self.acting.person else ''}".strip()
