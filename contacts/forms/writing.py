"""A letter while it is being written: what it begins with, what is kept of it, and what it becomes."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Team, User, office_hours
from accounts.turns import FIELD
from accounts.uuids import as_uuid
from accounts.worktime import NeverOpen
from contacts.forms.caution import Caution, cautions, mark
from contacts.forms.reply import ReplyForm
from contacts.models import Address, Attachment, Case, Connection, Contact, Customer, Direction, Draft, Mailbox
from contacts.models.answer import Letter, Manner, answer, write_first
from contacts.models.draft import form_key
from contacts.models.mailbox import open_mailboxes
from contacts.models.quotation import signature, subject_of
from contacts.models.recipients import People, as_typed, is_ours, people, who_gets_the_answer

LONGEST = 200_000  # characters of a draft
RECENT = 30  # messages among which the one to answer is sought
HEAVY = ("text", "message__html", "message__quoted")


class TooLarge(Exception):
    """There is more in this draft than is kept."""


@dataclass
class Writing:
    """What a colleague writes in a case, or first to a customer; `asked` is what an address or a form says of it."""

    user: User
    case: Case | None = None
    customer: Customer | None = None
    key: UUID | None = None
    asked: Any = None  # the fields of a form that came in, or of an address

    @cached_property
    def draft(self) -> Draft | None:
        """Give what was kept of this letter, unless it was thrown away."""
        found = self.row
        return found if found is not None and found.discarded_at is None else None

    @cached_property
    def row(self) -> Draft | None:
        return Draft.objects.letter_to(user=self.user, case=self.case, customer=self.customer)

    @cached_property
    def uuid(self) -> UUID:
        """Give the word that makes this letter one letter, however often it is sent."""
        return self.key or (self.draft.uuid if self.draft else uuid4())

    @cached_property
    def typed(self) -> dict[str, Any]:
        return self.draft.values() if self.draft else {}

    @cached_property
    def messages(self) -> list[Contact]:
        """Give the latest contacts of the case, newest first, among which is what this is about."""
        if self.case is None:
            return []
        rows = Contact.objects.filter(case=self.case, reached=True).select_related("message", "agent", "customer")
        return list(rows.defer(*HEAVY).order_by("-happened_at", "-pk")[:RECENT])

    @cached_property
    def about(self) -> Contact | None:
        """Give the message this answers or forwards: the one that was asked for, else the customer's latest."""
        asked = str((self.asked or {}).get("about", "") or self.typed.get("about", ""))
        found = next((one for one in self.messages if str(one.uuid) == asked), None)
        if found is None and asked and self.case is not None and (uuid := as_uuid(asked)):
            found = Contact.objects.filter(case=self.case, uuid=uuid).select_related("message", "agent").first()
        if found is not None and found.is_written:  # what a colleague noted of a call goes to nobody
            return found
        return next(filter(_can_be_answered, self.messages), None)

    @cached_property
    def manner(self) -> str:
        asked = str((self.asked or {}).get("manner", "") or self.typed.get("manner", ""))
        if self.case is None:
            return Manner.NEW
        return asked if asked in Manner.values and asked != Manner.NEW else Manner.REPLY

    @cached_property
    def files(self) -> list[Attachment]:
        """Give the files that were added to this letter."""
        return list(self.row.attachments.order_by("pk")) if self.row else []

    @cached_property
    def files_about(self) -> list[Attachment]:
        """Give the files of the message that is forwarded: they may go along."""
        if self.manner != Manner.FORWARD or self.about is None:
            return []
        return list(self.about.attachments.shown())

    @property
    def connection(self) -> Connection | None:
        return self.case.connection if self.case else None

    @property
    def limit(self) -> int | None:
        """Give how many characters a message on this network may have; None for a letter by e-mail."""
        return self.connection.longest if self.connection else None

    @cached_property
    def mailboxes(self) -> list[Mailbox]:
        return [] if self.connection else open_mailboxes()

    @cached_property
    def mailbox(self) -> Mailbox | None:
        """Give from which mailbox this leaves, unless another is chosen: where it came in, else that of the team."""
        wanted = self.case.mailbox_id if self.case else None
        teams = [self.case.team_id] if self.case else list(self.user.team_ids)
        first = next((one for one in self.mailboxes if one.pk == wanted), None)
        own = next((one for one in self.mailboxes if one.team_id in teams), None)
        return first or own or next(iter(self.mailboxes), None)

    @property
    def team(self) -> Team | None:
        if self.case is not None:
            return self.case.team
        if self.mailbox is not None:
            return self.mailbox.team
        return self.user.teams.order_by("-is_kcc", "name").first()

    @property
    def opening(self) -> datetime | None:
        """Give when the office is open next, now included; None when it never is."""
        try:
            return office_hours().next_opening(timezone.now())
        except NeverOpen:
            return None

    @property
    def signature(self) -> str:
        return signature(self.team, self.user) if self.team and not self.connection else ""

    @property
    def signature_line(self) -> str:
        """Give the signature on one line, as the editor shows it."""
        return ", ".join(line.strip(" ,") for line in self.signature.splitlines() if line.strip(" ,"))

    def form(self, data: Any = None) -> ReplyForm:
        """Give the form: with what came in, else with what was kept, else as a letter begins."""
        given: dict[str, Any] = {"mailboxes": self.mailboxes, "about": self.about, "files": self.files_about}
        given["on_network"] = self.connection is not None
        if data is not None:
            return ReplyForm(data, **given)
        return ReplyForm(initial=self._initial() | {"key": self.uuid}, **given)

    def _initial(self) -> dict[str, Any]:
        """Give what was kept; a box that was not ticked is not among it."""
        if self.draft is None:
            return self.beginning()
        along = self.typed.get("along", [])
        kept = {"quotes": False, "seen": mark(self.case)} | self.typed
        return kept | {"along": along if isinstance(along, list) else [along]}

    def beginning(self) -> dict[str, Any]:
        """Give what stands in a letter before anybody typed: to whom, about what, and what goes along."""
        to, cc = self.audience()
        title = self.about.subject if self.about and self.about.subject else self.case.title if self.case else ""
        prefix = "Fwd:" if self.manner == Manner.FORWARD else "Re:"
        return {
            "manner": self.manner,
            "about": str(self.about.uuid) if self.about else "",
            "mailbox": str(self.mailbox.uuid) if self.mailbox else "",
            "to": as_typed(to),
            "cc": as_typed(cc),
            "bcc": "",
            "subject": subject_of(title, prefix=prefix, case=self.case) if self.case else "",
            "quotes": True,
            "along": [str(one.uuid) for one in self.files_about],
            "when": "now",
            "seen": mark(self.case),
        }

    def audience(self) -> tuple[People, People]:
        """Give to whom this goes when nobody says otherwise."""
        if self.manner == Manner.FORWARD or self.connection is not None:
            return [], []
        to: People = []
        cc: People = []
        if self.about is not None:
            to, cc = who_gets_the_answer(self.about, everybody=self.manner == Manner.REPLY_ALL)
        customer = self.customer or (self.case.customer if self.case else None)
        if customer is None:
            return to, cc
        if not to or all(is_ours(address) for _name, address in to):
            own = customer.addresses.filter(kind=Address.Kind.EMAIL).order_by("pk").values_list("value", flat=True)
            to = people([("", address) for address in own[:1]])
        return [(name or customer.name, address) for name, address in to[:1]] + to[1:], cc

    def cautions(self, letter: Letter, *, seen: str) -> list[Caution]:
        """Give what to look at before this letter leaves."""
        customer = self.customer or (self.case.customer if self.case else None)
        files = len([one for one in self.files if not one.is_quarantined])
        return cautions(letter, case=self.case, customer=customer, seen=seen, files=files, by=self.user)

    @transaction.atomic
    def keep(self, data: Any, **changes: Any) -> Draft:
        """Give the draft with what was typed so far, within bounds; what its page sent before changes nothing.

        Raises TooLarge.
        """
        known = [FIELD, *(name for name in ReplyForm.base_fields if name not in {"key", "confirmed"})]
        lists = data.lists() if isinstance(data, QueryDict) else []
        typed = {name: [value.replace("\0", "") for value in values] for name, values in lists if name in known}
        typed |= {name: value if isinstance(value, list) else [value] for name, value in changes.items()}
        typed.setdefault("manner", [self.manner])
        if sum(len(str(value)) for values in typed.values() for value in values) > LONGEST:
            raise TooLarge
        draft = self._locked()
        if not changes and draft.is_ahead_of(typed):
            return draft
        draft.uuid, draft.data, draft.updated_at, draft.discarded_at = self.uuid, typed, timezone.now(), None
        draft.save()
        for name in ("row", "draft", "typed", "files", "about", "manner", "files_about"):
            self.__dict__.pop(name, None)
        self.asked = None
        return draft

    def _locked(self) -> Draft:
        """Give the draft for this request alone to write in; another request may begin it at the same moment."""
        rows = Draft.objects.select_for_update()
        known = rows.filter(user=self.user, uuid=self.uuid).first()  # of cases that were merged each has its own
        if known is None and self.row is not None:
            known = rows.filter(pk=self.row.pk).first()
        if known is not None:
            return known
        place = {"case": self.case} if self.case is not None else {"uuid": self.uuid}
        begun = {"uuid": self.uuid, "case": self.case, "customer": self.customer}
        return rows.get_or_create(user=self.user, **place, defaults=begun)[0]

    def send(self, form: ReplyForm, letter: Letter, *, close: bool) -> Contact:
        """Give the contact that this letter became. Raises AlreadySent, and for a first letter NoNorm, NeverOpen."""
        key = form_key(self.user, form.cleaned_data["key"])
        if self.connection is not None and self.about is not None:
            letter = replace(letter, to=[("", self.about.party)])
        if self.case is not None:
            return answer(self.case, letter, key=key, by=self.user, draft=self.draft, close=close)
        assert self.customer is not None
        assert self.team is not None
        team = letter.mailbox.team if letter.mailbox else self.team
        return write_first(self.customer, letter, team=team, key=key, by=self.user, draft=self.draft, close=close)

    def words(self) -> dict[str, str]:
        """Give what the words between braces in a template stand for."""
        customer = self.customer or (self.case.customer if self.case else None)
        message = getattr(self.about, "message", None)
        name = customer.name if customer else (message.sender_name if message else "")
        values = {"naam": name, "aanhef": f"Beste {name}" if name else "", "medewerker": self.user.name}
        if self.team:
            values["afdeling"] = self.team.name
        if self.case:
            due = date_format(timezone.localtime(self.case.due_at), "l j F")
            topic = self.case.topic.name if self.case.topic else self.case.title
            values |= {"kenmerk": self.case.reference, "onderwerp": topic, "uiterlijk": due}
        return values


def _can_be_answered(contact: Contact) -> bool:
    message = getattr(contact, "message", None)
    theirs = contact.is_written and contact.direction == Direction.INBOUND
    return theirs and bool(contact.party) and not (message and message.automatic)
