"""A made-up telephone exchange, to see what a call does before the real exchange is connected, and after."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import answer, done, only, signed_in
from contacts import telephone
from contacts.channels import phone
from contacts.forms.simulator import Event, SimulatorForm
from contacts.models import Access, Connection, Customer
from contacts.views.exchange import address_of

KEPT = 12  # events shown
OFFERED = 8  # customers of the demo
STATE = "simulator"  # in the session: the call that goes on, what was chosen, what was told


@only(lambda user: user.is_staff or settings.DEMO)
@require_http_methods(["GET", "POST"])
def simulator(request: HttpRequest) -> HttpResponse:
    """Show the simulator with what it told and was answered; by POST, have it tell something."""
    state: dict[str, Any] = request.session.get(STATE, {})
    form = SimulatorForm(request.POST or None, initial=state.get("chosen"))
    if request.method == "POST" and form.is_valid():
        connection: Connection = form.cleaned_data["connection"]
        call_id, events = form.events(state.get("call_id", ""))
        told = [tell(connection, event, address=address_of(request)) for event in events]
        request.session[STATE] = {
            "call_id": call_id,
            "chosen": {name: request.POST.get(name, "") for name in ("connection", "number", "queue", "agent")},
            "told": [*reversed(told), *state.get("told", [])][:KEPT],
        }
        return done(request, reverse("contacts:simulator"))
    context = {"form": form, "told": state.get("told", []), "offered": _offered(request), "going": state.get("call_id")}
    status = 422 if request.method == "POST" else 200
    return answer(request, "contacts/simulator.html", "contacts/_simulator.html", context, status=status)


def tell(connection: Connection, event: Event, *, address: str) -> dict[str, str]:
    """Give what was sent to the door of the exchange, byte for byte as one would, and what it answered."""
    body = json.dumps(event, indent=1, ensure_ascii=False)
    try:
        phone.receive(connection.token, phone.from_json(body.encode()), address=address)
    except phone.Refused as refusal:
        return {"event": event["event"], "sent": body, "answer": f"{refusal.status} {refusal.reason}"}
    return {"event": event["event"], "sent": body, "answer": "200 {}"}


def _offered(request: HttpRequest) -> list[tuple[str, Customer]]:
    """Give numbers to call with: in the demo, to who may see them, those of some customers."""
    user = signed_in(request)
    numbers = telephone.some_numbers(user, limit=OFFERED) if settings.DEMO else []
    if numbers:
        Access.record(by=user, action=Access.Action.SEARCH, detail="simulator", results=len(numbers))
    return numbers
