"""What is done with a case, and which cases a list shows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User, open_teams
from accounts.uuids import as_uuid
from contacts.forms.part import TopicField, WordsField
from contacts.models import Case, Channel
from contacts.models.case import members
from contacts.models.queue import VIEWS
from contacts.models.sla import near
from contacts.models.snooze import Suggestion, Unclear, suggestions, understand

LONG = 20_000  # characters of a note
OFFERED = 6  # cases of a customer to merge with
ENDINGS = 4  # cases named when what was typed ends more than one reference
RESULTS = [_("Beantwoord"), _("Informatie gestuurd"), _("Doorgestuurd naar de afdeling"), _("Geen antwoord nodig")]
WAITS = [_("over 3 werkdagen"), _("over 1 week"), _("over 2 weken"), _("over 1 maand")]


class FilterForm(forms.Form):
    """Which cases a list shows; what cannot be read is no filter."""

    view = forms.ChoiceField(choices=VIEWS.items(), required=False)
    channel = forms.ChoiceField(choices=Channel, required=False)
    topic = forms.UUIDField(required=False)
    mailbox = forms.UUIDField(required=False)

    def filters(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class PersonField(forms.ChoiceField):
    """One of the colleagues on offer, by uuid; gives the User, None for nobody."""

    def offer(self, people: list[User], *, nobody: Any) -> None:
        self.people = {str(person.uuid): person for person in people}
        self.choices = [("", nobody), *((key, person.name) for key, person in self.people.items())]

    def clean(self, value: Any) -> User | None:
        return self.people.get(super().clean(value))


class TeamField(forms.ChoiceField):
    """One of the teams on offer, by uuid; gives the Team."""

    def offer(self, teams: list[Team]) -> None:
        self.teams = {str(team.uuid): team for team in teams}
        self.choices = [("", _("Kies een afdeling")), *((key, team.name) for key, team in self.teams.items())]

    def clean(self, value: Any) -> Team | None:
        return self.teams.get(super().clean(value))


class MomentField(forms.CharField):
    """A moment in words; gives it in UTC. On offer are the usual ones."""

    widget = forms.Select
    src = reverse_lazy("contacts:moments")

    def offer(self, found: list[Suggestion], *, typed: str = "") -> None:
        now = timezone.now()
        again = _("weer tot")
        known = [(one.words, f"{again if one.is_again else f'{one.words},'} {near(one.at, now)}") for one in found]
        own = [(typed, typed)] if typed and typed not in dict(known) else []
        self.widget.choices = [("", _("Kies of typ een moment")), *own, *known]

    def clean(self, value: Any) -> datetime | None:
        words = super().clean(value)
        try:
            return understand(words, now=timezone.now()) if words else None
        except Unclear as error:
            raise ValidationError(str(error)) from None


class ActionForm(forms.Form):
    """Something that is done with one case; knows the case and who asks."""

    action: str  # the route that does it
    title: Any  # above the form
    button: Any
    minds_place = False  # whether it is refused when the case went elsewhere since the form was shown

    def __init__(self, data: Any = None, *, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(
            data, prefix=None, auto_id=f"id_{type(self).__name__.removesuffix('Form').lower()}_%s", **kwargs
        )
        self.case, self.user = case, user
        self.prepare()

    def prepare(self) -> None:
        """Offer what can be chosen for this case."""

    @property
    def is_stale(self) -> bool:
        """Say whether a colleague gave the case to somebody else, or another topic, since this form was shown."""
        return bool(self.data.get("seen")) and self.data["seen"] != self.case.place

    @property
    def words(self) -> str:
        """Give what was typed by hand, which must not get lost."""
        found = [str(self.data.get(name, "")) for name in ("text", "note", "result", "reason") if name in self.fields]
        return "\n".join(one for one in found if one.strip())


class CloseForm(ActionForm):
    action, title, button = "contacts:close", _("Sluiten"), _("Zaak sluiten")

    result = WordsField(
        label=_("Resultaat"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "case-results", "autocomplete": "off"}),
    )
    presets = RESULTS


class AssignForm(ActionForm):
    action, title, button = "contacts:assign_case", _("Toewijzen"), _("Toewijzen")
    minds_place = True

    who = PersonField(label=_("Collega"), required=False)

    def prepare(self) -> None:
        who = self.fields["who"]
        assert isinstance(who, PersonField)
        who.offer(self.case.candidates(self.user), nobody=_("Niemand, terug naar de afdeling"))
        if self.case.assignee is not None:
            self.initial.setdefault("who", str(self.case.assignee.uuid))

    def clean_who(self) -> User | None:
        who: User | None = self.cleaned_data["who"]
        if not self.case.may_be_assigned(to=who, by=self.user):
            raise ValidationError(_("Deze zaak is van een collega. Neem de zaak over of vraag een senior."))
        return who


class TopicForm(ActionForm):
    action, title, button = "contacts:choose_topic", _("Onderwerp kiezen"), _("Kiezen")
    minds_place = True

    topic = TopicField(label=_("Onderwerp"))

    def prepare(self) -> None:
        if self.case.topic is not None:
            self.initial.setdefault("topic", str(self.case.topic.uuid))


class TransferForm(ActionForm):
    action, title, button = "contacts:transfer", _("Doorzetten naar…"), _("Doorzetten")
    minds_place = True

    team = TeamField(label=_("Afdeling"))
    note = WordsField(
        label=_("Notitie voor de afdeling"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        team = self.fields["team"]
        assert isinstance(team, TeamField)
        team.offer([one for one in open_teams() if one.pk != self.case.team_id])
        near = self.case.topic.team if self.case.topic else None
        if near is not None and near.pk != self.case.team_id:
            self.initial.setdefault("team", str(near.uuid))


class ConsultForm(TransferForm):
    """A question to a department, while the case stays here."""

    action, title, button = "contacts:consult", _("Vraag aan afdeling"), _("Vragen")

    note = WordsField(
        label=_("Vraag aan de afdeling"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schrijf wat je wilt weten.")},
    )


class SnoozeForm(ActionForm):
    action, title, button = "contacts:snooze", _("Uitstellen"), _("Uitstellen")

    when = MomentField(label=_("Tot wanneer"), max_length=80)
    reason = WordsField(label=_("Reden"), max_length=200, required=False)

    def prepare(self) -> None:
        when = self.fields["when"]
        assert isinstance(when, MomentField)
        found = suggestions(now=timezone.now(), again=self.case.put_off_to)
        when.offer(found, typed=self.data.get("when", "")[:80])


class WaitForm(ActionForm):
    action, title, button = "contacts:wait", _("Wacht op klant"), _("Wachten")

    when = MomentField(label=_("Wacht op antwoord tot"), max_length=80)

    def prepare(self) -> None:
        now, when = timezone.now(), self.fields["when"]
        assert isinstance(when, MomentField)
        found = [Suggestion(str(words), understand(str(words), now=now)) for words in WAITS]
        when.offer(found, typed=self.data.get("when", "")[:80])


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(choices=Case.Priority, coerce=int)


class LinkForm(ActionForm):
    action, title, button = "contacts:link", _("Koppelen aan een zaak"), _("Koppelen")

    number = WordsField(label=_("Nummer in het zaaksysteem"), max_length=60)
    url = forms.URLField(
        label=_("Adres in het zaaksysteem"),
        max_length=200,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )

    def prepare(self) -> None:
        self.initial.update(number=self.case.external_number, url=self.case.external_url)


class MergeForm(ActionForm):
    """Into which case this one goes: by reference or its end; the other open ones of the customer are on offer."""

    action, title, button = "contacts:merge_case", _("Samenvoegen met een andere zaak"), _("Samenvoegen")

    into = forms.CharField(
        label=_("Kenmerk van de andere zaak"),
        help_text=_("De laatste cijfers zijn genoeg, zoals 10142."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @cached_property
    def others(self) -> "list[Case]":
        """Give the other open cases of the same customer."""
        return list(Case.objects.visible_to(self.user).beside(self.case).order_by("-opened_at")[:OFFERED])

    def clean_into(self) -> Case:
        typed = self.cleaned_data["into"].strip().upper()
        visible = Case.objects.visible_to(self.user)
        found = visible.with_reference(typed)
        if found is not None:
            return found.survivor
        ending = visible.open().besides(self.case).with_reference_ending_in(typed)
        choice = list(ending[: ENDINGS + 1])
        if not choice:
            words = _("Er is geen andere open zaak waarvan het kenmerk eindigt op %(typed)s.")
            raise ValidationError(words, params={"typed": typed})
        if len(choice) > 1:
            named = [case.reference for case in choice[:ENDINGS]] + ["…"] * (len(choice) > ENDINGS)
            words = _("Meer open zaken eindigen op %(typed)s: %(references)s. Typ meer van het kenmerk.")
            raise ValidationError(words, params={"typed": typed, "references": ", ".join(named)})
        return choice[0]


class NoteForm(ActionForm):
    text = WordsField(label=_("Intern overleg"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))


class BulkForm(forms.Form):
    """What to do with the cases that were ticked in the list."""

    ACTIONS = (
        ("assign", _("Toewijzen")),
        ("topic", _("Onderwerp kiezen")),
        ("merge", _("Samenvoegen")),
        ("snooze", _("Uitstellen")),
        ("close", _("Sluiten")),
        ("spam", _("Spam")),
    )
    MOST = 200

    action = forms.ChoiceField(choices=ACTIONS)
    who = PersonField(label=_("Collega"), required=False)
    topic = TopicField(label=_("Onderwerp"), required=False)
    when = MomentField(label=_("Tot wanneer"), max_length=80, required=False)
    reason = WordsField(label=_("Reden"), max_length=200, required=False)
    result = WordsField(
        label=_("Resultaat"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "case-results", "autocomplete": "off"}),
    )
    presets = RESULTS

    ASKED = {"assign": {"who"}, "topic": {"topic"}, "snooze": {"when", "reason"}, "close": {"result"}}
    NEEDED = {
        "topic": ("topic", _("Kies een onderwerp.")),
        "snooze": ("when", _("Kies tot wanneer.")),
        "close": ("result", _("Schrijf wat het resultaat is.")),
    }

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        who, when = self.fields["who"], self.fields["when"]
        assert isinstance(who, PersonField)
        assert isinstance(when, MomentField)
        who.offer(members(user.team_ids, user), nobody=_("Niemand, terug naar de afdeling"))
        when.offer(suggestions(now=timezone.now()), typed=self.data.get("when", "")[:80])
        self.user = user

    @property
    def chosen(self) -> list[UUID]:
        """Give the uuids that were ticked, at most as many as a list shows."""
        ticked = self.data.getlist("chosen") if hasattr(self.data, "getlist") else []
        return list(dict.fromkeys(uuid for text in ticked[: self.MOST] if (uuid := as_uuid(text))))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        action = data.get("action", "")
        name, missing = self.NEEDED.get(action, ("", ""))
        if name and name not in self.errors and not data.get(name):
            self.add_error(name, str(missing))
        for other in self.errors.keys() - self.ASKED.get(action, set()) - {"action", "__all__"}:
            del self.errors[other]  # of another action, and not sent on purpose
        if not self.chosen:
            raise ValidationError(_("Kies eerst een of meer berichten."))
        return data
