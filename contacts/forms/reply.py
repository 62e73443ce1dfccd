"""A letter as it is typed: checked before anything of it becomes a header or leaves the house."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import office_hours
from contacts.forms.part import WordsField
from contacts.models import Attachment, Contact, Mailbox
from contacts.models.answer import Letter, Manner
from contacts.models.recipients import People, in_ascii, people

RECIPIENTS = 50
AHEAD = timedelta(days=90)  # a letter is not kept longer than this
LINE_ENDS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
APART = re.compile(r"[,;\r\n]+")
PERSON = re.compile(r"^(?P<name>.*?)\s*<\s*(?P<address>[^<>]*?)\s*>$", re.DOTALL)


class HeaderField(forms.CharField):
    """Text that goes into a header: what would end the line is refused, not mended (CWE-93)."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, str) and LINE_ENDS.search(value.strip(" ")):
            raise ValidationError(_t("In deze tekst staat een teken dat niet kan. Typ de tekst opnieuw."))
        return super().clean(value)


class PeopleField(forms.CharField):
    """Names and addresses with commas, semicolons or line ends between them; gives People."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found, wrong = read_people(text)
        if wrong:
            raise ValidationError(_t("Dit is geen e-mailadres: %(typed)s") % {"typed": wrong[0][:100]})
        return found


def read_people(text: str) -> tuple[People, list[str]]:
    """Give the people somebody typed or pasted, and what among it is no address. A comma in a name is no end."""
    found: list[tuple[str, str]] = []
    wrong: list[str] = []
    pending = ""
    for piece in APART.split(text):
        pending = f"{pending}, {piece.strip()}" if pending else piece.strip()
        if "@" not in pending:
            continue
        person, pending = _person(pending), ""
        if person[1] and _can_be_written_to(person[1]):
            found.append(person)
        else:
            wrong.append(person[0] or person[1])
    if pending.strip(" ,"):
        wrong.append(pending)
    usable = people(found)
    kept = {address for _name, address in usable}
    return usable, wrong + [typed for _name, typed in found if typed.lower() not in kept]


def _person(typed: str) -> tuple[str, str]:
    match = PERSON.match(typed.strip())
    name, address = (match["name"], match["address"]) if match else ("", typed.strip())
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip(" \"'")
    return name[:100], address.removeprefix("mailto:")


def _can_be_written_to(address: str) -> bool:
    """Say whether a mail server takes this: one line, a plain name, and a domain that has a name in ASCII (IDNA)."""
    try:
        plain = in_ascii(address)
    except UnicodeError:
        return False
    return plain.isascii() and plain.isprintable() and parseaddr(plain)[1] == plain


class ReplyForm(forms.Form):
    """A letter by e-mail, or what goes to one person on a network."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    manner = forms.ChoiceField(choices=Manner, initial=Manner.REPLY, widget=forms.HiddenInput)
    about = forms.UUIDField(required=False, widget=forms.HiddenInput)
    mailbox = forms.ChoiceField(label=_("Van"), required=False)
    to = PeopleField(label=_("Aan"), required=False, max_length=10_000)
    cc = PeopleField(label=_("Cc"), required=False, max_length=10_000)
    bcc = PeopleField(label=_("Bcc"), required=False, max_length=10_000)
    subject = HeaderField(label=_("Onderwerp"), required=False, max_length=200)
    text = WordsField(label=_("Bericht"), max_length=50_000, strip=True, widget=forms.Textarea(attrs={"rows": 5}))
    quotes = forms.BooleanField(label=_("Eerdere berichten meesturen"), required=False)
    along = forms.MultipleChoiceField(label=_("Bijlagen van het bericht"), required=False)
    when = forms.ChoiceField(
        label=_("Wanneer"),
        choices=[("now", _("Nu")), ("opening", _("Bij opening")), ("moment", _("Op een moment"))],
        required=False,
    )
    moment = forms.DateTimeField(
        label=_("Moment"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        mailboxes: Sequence[Mailbox] = (),
        about: Contact | None = None,
        files: Sequence[Attachment] = (),
        on_network: bool = False,
        **kwargs: Any,
    ) -> None:
        """Take the mailboxes to choose from, the message this is about, and its files."""
        super().__init__(data, auto_id="id_answer-%s", **kwargs)
        self.mailboxes, self.message_about, self.files_about, self.on_network = mailboxes, about, files, on_network
        self._choose("mailbox", [(str(one.uuid), str(one)) for one in mailboxes])
        self._choose("along", [(str(one.uuid), one.name) for one in files])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def wrong(self) -> list[str]:
        """Give what is wrong with the letter besides what stands at its fields."""
        names = [name for name in self.errors if name not in {"to", "cc", "bcc", "text"}]
        return [str(message) for name in names for message in self.errors[name]]

    def clean_moment(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["moment"]
        now = timezone.now()
        if moment is not None and self.data.get("when") == "moment" and not now < moment < now + AHEAD:
            raise ValidationError(_t("Kies een moment in de komende drie maanden."))
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.on_network:
            return cleaned  # what the network allows is checked where its terms are known
        if "to" in cleaned and not cleaned["to"]:
            self.add_error("to", _t("Vul in aan wie dit gaat."))
        everybody = [address for name in ("to", "cc", "bcc") for _name, address in cleaned.get(name) or []]
        if len(everybody) > RECIPIENTS:
            self.add_error("to", _t("Hooguit %(n)d ontvangers.") % {"n": RECIPIENTS})
        if cleaned.get("when") == "moment" and not cleaned.get("moment") and "moment" not in self.errors:
            self.add_error("moment", _t("Kies wanneer dit weg mag."))
        if cleaned.get("manner") == Manner.NEW and not cleaned.get("subject"):
            self.add_error("subject", _t("Vul een onderwerp in."))
        return cleaned

    def not_before(self) -> datetime | None:
        """Give from when the letter may leave, when somebody chose that. Raises NeverOpen."""
        data = self.cleaned_data
        if data["when"] == "moment":
            return data["moment"]
        return office_hours().next_opening(timezone.now()) if data["when"] == "opening" else None

    def letter(self) -> Letter:
        """Give the letter that was typed; nobody gets it twice. Raises NeverOpen."""
        data = self.cleaned_data
        to = data["to"]
        cc = [person for person in data["cc"] if person[1] not in {one[1] for one in to}]
        bcc = [person for person in data["bcc"] if person[1] not in {one[1] for one in [*to, *cc]}]
        return Letter(
            text=data["text"].replace("\r\n", "\n"),
            to=to,
            cc=cc,
            bcc=bcc,
            subject=data["subject"],
            mailbox=next((one for one in self.mailboxes if str(one.uuid) == data["mailbox"]), None),
            manner=data["manner"],
            about=self.message_about,
            quotes=data["quotes"],
            along=[one for one in self.files_about if str(one.uuid) in data["along"]],
            not_before=self.not_before(),
        )
