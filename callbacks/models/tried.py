from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _t

from accounts.models import User
from accounts.worktime import LOCAL
from callbacks.models.cause import Cause
from callbacks.models.held import Held
from callbacks.models.promise import Ended
from callbacks.models.reminder import keep_mail
from callbacks.models.result import Result
from callbacks.models.selection import OPEN
from contacts.models import Channel, Contact, Direction, Outcome

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from callbacks.models.attempt import Attempt

NOON = 12
DayPart = tuple[date, bool]


def day_part(moment: datetime) -> DayPart:
    """Give the local day of a moment, and whether it is the afternoon of it."""
    local = moment.astimezone(LOCAL)
    return local.date(), local.hour >= NOON


class Tried(Held):
    """A promise that somebody tries to keep: attempts, until it is completed or cancelled."""

    if TYPE_CHECKING:
        attempts: RelatedManager[Attempt]

    class Meta:
        abstract = True

    @transaction.atomic
    def attempt(
        self, *, key: str, result: str, by: User, note: str = "", next_attempt_at: datetime | None = None
    ) -> Contact:
        """Give the outgoing contact that this attempt to call was; the same key is one attempt.

        Whoever calls has taken the callback. Only a conversation shows as a contact of its own in the timeline.
        Raises Ended when the callback was completed or cancelled meanwhile.
        """
        self.lock()
        known = self.attempt_of(key)
        if known is not None:
            return known.contact
        if not self.is_open:
            raise Ended
        return self._tried(key=key, result=result, by=by, note=note, next_attempt_at=next_attempt_at)

    @transaction.atomic
    def correct_number(self, *, number: str, by: User | None) -> bool:
        """Call this number, in E.164, from now on; say whether it was another one. Raises Ended.

        What was tried on the number before stays written down, and counts for the policy no more.
        """
        self.lock()
        if not self.is_open:
            raise Ended
        if self.number == number:
            return False
        self.number = number
        self.save(update_fields=["number"])
        self.track("callback_number", by=by)
        return True

    def attempt_of(self, key: str) -> "Attempt | None":
        """Give the attempt that was registered with this key."""
        return self.attempts.filter(contact__key=self._attempt_key(key)).select_related("contact").first()

    def _attempt_key(self, key: str) -> str:
        return f"attempt:{self.pk}:{key}"

    def _tried(self, *, key: str, result: str, by: User, note: str, next_attempt_at: datetime | None = None) -> Contact:
        spoken = result == Result.SPOKEN
        contact = Contact.register(
            key=self._attempt_key(key),
            channel=Channel.PHONE,
            direction=Direction.OUTBOUND,
            by=by,
            customer=self.contact.customer,
            party=self.number,
            topic=self.contact.topic,
            subject=_called_back(self.title),
            text=note,
            outcome=Outcome.ANSWERED if spoken else Outcome.BROKEN_OFF,
            case=self.contact.case,
            conversation=self.contact.conversation,
            reached=spoken,
        )
        now = timezone.now()
        _attempt, created = self.attempts.get_or_create(
            contact=contact, defaults={"result": result, "by": by, "note": note, "at": now}
        )
        if created:
            self.assignee = self.assignee or by
            self.claimed_at = self.claimed_at or now
            self.first_attempt_at = self.first_attempt_at or now
            self.spoken_at = self.spoken_at or (now if spoken else None)
            self.next_attempt_at = next_attempt_at
            self.save(update_fields=["assignee", "claimed_at", "first_attempt_at", "spoken_at", "next_attempt_at"])
            self.track(
                "callback_attempted", by=by, result=result, note=note, n=self.attempts.filter(at__lte=now).count()
            )
        return contact

    @transaction.atomic
    def complete(self, *, outcome: str, by: User | None, key: str = "") -> bool:
        """Close this callback with what was agreed; say whether it was open. A second time changes nothing.

        With the key of the call in which it was agreed, that call is registered as the last attempt.
        """
        now = timezone.now()
        changes = {"completed_at": now, "outcome": outcome, "completed_by": by, "next_attempt_at": None}
        if not self._end(changes):
            return False
        if key and by and not self.attempts.filter(contact__key=self._attempt_key(key)).exists():
            self._tried(key=key, result=Result.SPOKEN, by=by, note=outcome)
        self.track("callback_completed", by=by, outcome=outcome)
        return True

    @transaction.atomic
    def cancel(self, *, cause: Cause, reason: str, by: User | None) -> bool:
        """End this callback without a conversation, with the cause and in words why; say whether it was open."""
        now = timezone.now()
        changes = {
            "cancelled_at": now, "cancel_cause": cause, "cancel_reason": reason[:200], "next_attempt_at": None,
        }  # fmt: skip
        if not self._end(changes):
            return False
        self.track("callback_cancelled", by=by, cause=str(cause.value), reason=reason[:200])
        return True

    def _end(self, changes: dict[str, object]) -> bool:
        """End this callback if it is open; say whether it was. If not it knows now who did."""
        if type(self)._default_manager.filter(OPEN, pk=self.pk).update(**changes) == 1:
            self.lock()
            keep_mail(self)
            return True
        self.refresh_from_db(fields=["completed_at", "completed_by", "cancelled_at"])
        return False

    @property
    def tries(self) -> int:
        """Give how often somebody tried to reach the citizen."""
        return len(self.attempts.all())

    @property
    def counted(self) -> int:
        """Give how many of these tries count for the policy: those on the number we call now."""
        return sum(self._counts(attempt) for attempt in self.attempts.all())

    @property
    def last_attempt(self) -> "Attempt | None":
        attempts = list(self.attempts.all())
        return attempts[-1] if attempts else None

    @property
    def missed_all(self) -> bool:
        """Say whether it was tried as often, and on as many parts of a day, as the policy asks: find another way."""
        return self.is_open and self.is_enough(self._misses())

    def is_enough(self, misses: list[datetime]) -> bool:
        """Say whether tries in vain at these moments are all that the policy asks for."""
        parts = {day_part(moment) for moment in misses}
        most = self.policy.max_attempts
        return len(misses) >= most and len(parts) >= min(self.policy.day_parts, most)

    def _misses(self) -> list[datetime]:
        tries = [attempt for attempt in self.attempts.all() if attempt.result != Result.SPOKEN]
        return [attempt.at for attempt in tries if self._counts(attempt)]

    def _counts(self, attempt: "Attempt") -> bool:
        return attempt.contact.party == self.number


def _called_back(title: str) -> str:
    """Give the title of the outgoing call, in the language of the office: it is kept for whoever reads it later."""
    with translation.override(settings.LANGUAGE_CODE):
        return _t("Teruggebeld: %(title)s") % {"title": title.lower()}
