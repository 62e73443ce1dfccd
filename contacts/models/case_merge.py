"""Cases that turn out to be one, and a case that turns out to be two."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.worktime import NeverOpen
from contacts.models.case import Case, next_reference
from contacts.models.contact import Contact
from contacts.models.draft import Draft
from contacts.models.norm import NoNorm
from contacts.models.pause import LAID_DOWN

TAKEN = ("due_at", "answered_at", "priority", "customer_id")  # what the case that is kept may get from the other


@dataclass(frozen=True)
class CaseMerge:
    """One case that goes up in another: its contacts move, and its reference leads to the other one from then on."""

    gone: Case
    kept: Case

    @property
    def obstacle(self) -> str:
        """Give why these two cannot be merged, in words; nothing when they can."""
        if self.gone.pk == self.kept.pk:
            return _("Dit is dezelfde zaak.")
        if self.gone.closed_at is not None or self.kept.closed_at is not None:
            return _("Een van beide zaken is gesloten.")
        both = self.gone.customer_id, self.kept.customer_id
        if None not in both and both[0] != both[1]:
            return _("De zaken zijn van verschillende klanten.")
        return ""

    @transaction.atomic
    def merge(self, *, by: User | None) -> bool:
        """Merge them; say whether that could be done. Of two who merge or close at the same time, one does."""
        rows = Case.objects.select_for_update().filter(pk__in=[self.gone.pk, self.kept.pk]).order_by("pk")
        found = {case.pk: case for case in rows}
        gone, kept = found[self.gone.pk], found[self.kept.pk]
        if CaseMerge(gone, kept).obstacle:
            return False
        moved = list(gone.contacts.values_list("pk", flat=True))
        gone.contacts.update(case=kept)
        self._move_drafts(gone, kept)
        taken = self._take_over(gone, kept)
        now = timezone.now()
        Case.objects.filter(pk=gone.pk).update(merged_into=kept, closed_at=now, **LAID_DOWN)
        gone.track("case_merged", by=by, into=kept.reference, contacts=moved, taken=taken)
        kept.track("case_merged", by=by, gone=gone.reference)
        self.gone.closed_at, self.gone.merged_into = now, self.kept
        return True

    @staticmethod
    def _take_over(gone: Case, kept: Case) -> dict[str, Any]:
        """Let the case that is kept be due as the more pressing of the two; give what that changed, and from what."""
        before = {name: getattr(kept, name) for name in TAKEN}
        if kept.is_answered and not gone.is_answered:
            kept.answered_at, kept.due_at = gone.answered_at, gone.due_at
        elif not gone.is_answered:
            kept.due_at = min(gone.due_at, kept.due_at)
        kept.priority = max(gone.priority, kept.priority)
        kept.customer_id = kept.customer_id or gone.customer_id
        kept.read_at = kept.read_at if gone.read_at else None
        kept.save(update_fields=["due_at", "answered_at", "priority", "customer", "read_at"])
        summarise(kept)
        return {
            name: [as_json(old), as_json(getattr(kept, name))]
            for name, old in before.items()
            if old != getattr(kept, name)
        }

    @staticmethod
    def _move_drafts(gone: Case, kept: Case) -> None:
        """Take along what colleagues are typing, unless they type in the other case as well: then both stay."""
        taken = Draft.objects.filter(case=kept).values("user")
        Draft.objects.filter(case=gone).exclude(user__in=taken).update(case=kept)


@transaction.atomic
def unmerge(gone: Case, *, by: User | None) -> bool:
    """Make a merged case one of its own again, with the contacts it brought; say whether it was merged."""
    kept = gone.merged_into
    free = {"merged_into": None, "closed_at": None, "read_at": None}
    if kept is None or Case.objects.filter(pk=gone.pk, merged_into=kept).update(**free) == 0:
        return False
    event = gone.events.filter(kind="case_merged", data__has_key="contacts").order_by("-at", "-pk").first()
    data: dict[str, Any] = event.data if event else {}
    Contact.objects.filter(pk__in=data.get("contacts", []), case=kept).update(case=gone)
    for name, (before, after) in data.get("taken", {}).items():
        Case.objects.filter(pk=kept.pk, **{name: after}).update(**{name: before})
    summarise(kept)
    gone.closed_at = gone.merged_into = None
    gone.track("case_unmerged", by=by, gone=gone.reference)
    kept.track("case_unmerged", by=by, gone=gone.reference)
    return True


@transaction.atomic
def split(contact: Contact, *, by: User) -> Case | None:
    """Give a new case for this contact of a case with more, due by the norm from when it came; None when it is alone.

    Of two who split at the same time the second gets None.
    """
    if contact.case_id is None:
        return None
    old = Case.objects.select_for_update().get(pk=contact.case_id)
    contact.refresh_from_db(fields=["case"])
    if contact.case_id != old.pk or not old.contacts.exclude(pk=contact.pk).exists():
        return None
    now = timezone.now()
    new = Case(title=contact.title[:200], customer=contact.customer, topic=contact.topic or old.topic, team=old.team)
    new.channel, new.network, new.opened_at = contact.channel, contact.network, now
    new.mailbox, new.connection = old.mailbox, old.connection
    try:
        new.due_at = new.promise(contact.registered_at)
    except (NoNorm, NeverOpen):
        new.due_at = old.due_at
    new.reference = next_reference("Z", now)
    new.save()
    contact.join(new, by=by)
    summarise(new)
    summarise(old)
    new.track("case_split", by=by, **{"from": old.reference})
    old.track("case_split", by=by, reference=new.reference)
    return new


def summarise(case: Case) -> None:
    """Let a case show in lists the last message of the contacts it has now."""
    last = case.contacts.filter(direction="in").select_related("customer", "message").order_by("-registered_at").first()
    if last is None:
        return
    written = getattr(last, "message", None)
    name = last.customer.name if last.customer else (written.sender_name if written else "") or last.party
    case.last_inbound_at = last.registered_at
    case.sender, case.snippet = name[:200], " ".join(last.text[:600].split())[:200]
    case.save(update_fields=["last_inbound_at", "sender", "snippet"])


def as_json(value: Any) -> Any:
    """Give a value as JSON holds it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
