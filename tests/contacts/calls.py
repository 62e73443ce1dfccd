"""An exchange for tests: it tells of calls as a real one does."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.memory import forget_everything
from contacts.models import Call, Connection

NUMBER = "+31690123456"  # of Jansen


def told(event: str, **fields: Any) -> dict[str, Any]:
    """Give one event of call 1, from Jansen's number."""
    return {"event": event, "direction": "in", "from": "31690123456", "to": "14023", "callId": "1"} | fields


@dataclass
class Exchange:
    """A connection with what its exchange can do."""

    row: Connection

    @classmethod
    def make(cls) -> "Exchange":
        row = Connection.objects.create(kind=Connection.Kind.CTI, name="Centrale")
        forget_everything()
        return cls(row)

    @property
    def url(self) -> str:
        return reverse("contacts:cti", args=[self.row.token])

    def push(self, event: dict[str, Any], *, way: str = "form") -> Any:
        """Tell of an event: as a form, as a form in parts, or as JSON."""
        client = Client()
        if way == "json":
            return client.post(self.url, json.dumps(event), content_type="application/json")
        named = {("user[]" if isinstance(value, list) else name): value for name, value in event.items()}
        if way == "multipart":
            return client.post(self.url, named)
        pairs = [
            (name, one) for name, value in named.items() for one in (value if isinstance(value, list) else [value])
        ]
        return client.post(self.url, urlencode(pairs), content_type="application/x-www-form-urlencoded")

    def ring(self, call_id: str = "1", **fields: Any) -> Call:
        """Let a call come in; give it."""
        assert self.push(told("newCall", callId=call_id, **fields)).status_code == 200
        return Call.objects.get(connection=self.row, external_id=call_id)


@pytest.fixture
def exchange(db: None) -> Exchange:
    return Exchange.make()
