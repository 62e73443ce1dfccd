"""A telephone exchange to try things with: which call, and what happens to it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.team import open_teams
from contacts.models import Call, Connection

OURS = "14099"  # the number citizens dial; no place has it
Event = dict[str, Any]


class SimulatorForm(forms.Form):
    """What the made-up exchange tells, in the shape that exchanges use."""

    ACTIONS = [
        ("new", _("Nieuw gesprek")),
        ("answer", _("Opnemen")),
        ("hangup", _("Ophangen")),
        ("missed", _("Gemist")),
        ("transfer", _("Doorverbinden")),
        ("double", _("Dubbel")),
        ("disorder", _("Verkeerde volgorde")),
    ]

    connection = forms.ModelChoiceField(
        label=_("Koppeling"), queryset=Connection.objects.none(), to_field_name="uuid", empty_label=None
    )
    number = forms.CharField(
        label=_("Nummer van de beller"), max_length=60, required=False, help_text=_("Leeg is een anonieme beller.")
    )
    queue = forms.CharField(label=_("Wachtrij"), max_length=100, required=False)
    agent = forms.ModelChoiceField(
        label=_("Medewerker"), queryset=User.objects.none(), to_field_name="uuid", required=False,
        empty_label=_("Niemand in het bijzonder"),
    )  # fmt: skip
    action = forms.ChoiceField(choices=ACTIONS)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["connection"].queryset = Connection.objects.of_kind(Connection.Kind.CTI)  # type: ignore[attr-defined]
        people = User.objects.filter(is_active=True).exclude(extension="").order_by("first_name", "last_name")
        self.fields["agent"].queryset = people  # type: ignore[attr-defined]
        self.fields["agent"].label_from_instance = lambda one: f"{one.name}, {one.extension}"  # type: ignore[attr-defined]

    @property
    def queues(self) -> list[str]:
        """Give the queues that a team answers, as an administrator wrote them."""
        names = (name.strip() for team in open_teams() for name in team.queues.split(","))
        return list(dict.fromkeys(filter(None, names)))

    def events(self, call_id: str) -> tuple[str, list[Event]]:
        """Give the id of the call that goes on after this, and what the exchange tells, in that order.

        What is missed is the call that rings; without one, a new call.
        """
        fresh = f"sim-{uuid4().hex[:12]}"
        match self.cleaned_data["action"]:
            case "answer":
                return call_id, [self._answer(call_id)]
            case "hangup":
                return call_id, [self._hangup(call_id, "normalClearing")]
            case "missed" if self._rings(call_id):
                return call_id, [self._hangup(call_id, "cancel")]
            case "missed":
                return fresh, [self._new(fresh), self._hangup(fresh, "cancel")]
            case "transfer":
                on = self._new(fresh) | {"origCallId": call_id, "queue": ""}
                return fresh, [on, self._hangup(call_id, "forwarded")]
            case "double":
                return fresh, [self._new(fresh), self._new(fresh), self._answer(fresh), self._answer(fresh)]
            case "disorder":
                return fresh, [self._hangup(fresh, "normalClearing"), self._answer(fresh), self._new(fresh)]
        return fresh, [self._new(fresh)]

    def _rings(self, call_id: str) -> bool:
        ringing = Call.objects.ringing(now=timezone.now())
        return ringing.filter(connection=self.cleaned_data["connection"], external_id=call_id).exists()

    def _new(self, call_id: str) -> Event:
        agent = self.cleaned_data["agent"]
        about: Event = {"queue": self.cleaned_data["queue"]} if self.cleaned_data["queue"] else {}
        return self._event("newCall", call_id) | about | ({"user": [agent.name]} if agent else {})

    def _answer(self, call_id: str) -> Event:
        agent = self.cleaned_data["agent"]
        return self._event("answer", call_id) | ({"answeringNumber": agent.extension} if agent else {})

    def _hangup(self, call_id: str, cause: str) -> Event:
        return self._event("hangup", call_id) | {"cause": cause}

    def _event(self, name: str, call_id: str) -> Event:
        number = self.cleaned_data["number"] or "anonymous"
        return {"event": name, "direction": "in", "from": number, "to": OURS, "callId": call_id}
