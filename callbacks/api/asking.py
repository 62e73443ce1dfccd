"""A callback as another system asks for it: the names in the request become rows, or say what is wrong with them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Team, User, open_teams
from callbacks.models import Addressee, Callback
from contacts.forms.asked import BEGIN, Asking
from contacts.models import Address, Customer, Question, Topic
from contacts.models.question import callback_questions
from contacts.models.topic import choosable_topics


def wrong(field: str, why: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [why]})


@dataclass(frozen=True)
class Asked:
    """Whom it is about, and who calls."""

    customer: Customer | None
    topic: Topic | None
    team: Team
    assignee: User | None
    answers: list[tuple[str, str]]

    @classmethod
    def of(cls, data: dict[str, Any], *, user: User) -> "Asked":
        """Give what is meant. Raises ValidationError."""
        topic = topic_of(data.get("topic"))
        team = team_of(data.get("team")) or (topic.team if topic else None)
        if team is None:
            raise wrong("team", _("Geef een afdeling, of een onderwerp dat bij een afdeling hoort."))
        assignee = _person(data.get("assignee"), team=team)
        questions = callback_questions(topic=topic, team=team)
        customer = _customer(data, user=user)
        return cls(customer, topic, team, assignee, _answers(data.get("answers") or {}, questions))

    def waiting(self, number: str, *, user: User) -> "list[Callback]":
        """Give the open callbacks of this citizen about the same."""
        rows = Callback.objects.visible_to(user).waiting_for(customer=self.customer, number=number)
        return list(rows.about(self.topic).due_first()[:1])


def topic_of(uuid: UUID | None) -> Topic | None:
    found = next((one for one in choosable_topics() if one.uuid == uuid), None)
    if uuid and found is None:
        raise wrong("topic", _("Dit onderwerp is er niet."))
    return found


def team_of(uuid: UUID | None) -> Team | None:
    found = next((one for one in open_teams() if one.uuid == uuid), None)
    if uuid and found is None:
        raise wrong("team", _("Deze afdeling is er niet."))
    return found


def _person(uuid: UUID | None, *, team: Team) -> User | None:
    found = Addressee.find(f"user:{uuid}", prefer=team) if uuid else None
    if uuid and (found is None or found.team != team):
        raise wrong("assignee", _("Deze medewerker werkt niet bij deze afdeling."))
    return found.person if found else None


def _customer(data: dict[str, Any], *, user: User) -> Customer | None:
    """Give the customer that is named, else the one whose number this surely is."""
    if "customer" not in data:
        return Customer.objects.visible_to(user).recognise(Address.Kind.PHONE, data["number"])
    found = Customer.objects.visible_to(user).with_uuid(str(data["customer"]))
    if found is None:
        raise wrong("customer", _("Deze klant is er niet."))
    return found


def _answers(given: dict[str, str], questions: list[Question]) -> list[tuple[str, str]]:
    """Give question and answer, checked as on the screen; given by the uuids of the questions."""
    known = {str(question.uuid) for question in questions}
    if unknown := sorted(set(given) - known):
        raise serializers.ValidationError(
            {"answers": {name: [_("Deze vraag wordt hier niet gesteld.")] for name in unknown}}
        )
    form = Asking({f"{BEGIN}{name}": value for name, value in given.items()})
    form.ask(questions)
    if not form.is_valid():
        said = {name.removeprefix(BEGIN): [str(one) for one in errors] for name, errors in form.errors.items()}
        raise serializers.ValidationError({"answers": said})
    return form.answers()
