"""Where messages come in at Duinmeer: the mailboxes, looked into a minute ago, and the accounts on social networks."""

from datetime import timedelta

from accounts.models import Team
from contacts.models import Connection, Mailbox
from kcc.demo.clock import Clock
from kcc.demo.rows import Rows
from kcc.demo.staff import DOMAIN

MAILBOXES = {"gemeente": "Voorlijn", "parkeren": "Parkeren", "belastingen": "Belastingen"}
ACCOUNTS = [  # kind, name, id on the network, longest message
    (Connection.Kind.WHATSAPP, "WhatsApp gemeente", "310235550140", 4096),
    (Connection.Kind.MESSENGER, "Facebook Gemeente Duinmeer", "duinmeer", 2000),
    (Connection.Kind.INSTAGRAM, "Instagram @gemeenteduinmeer", "gemeenteduinmeer", 1000),
]


class Doors:
    """The mailboxes by their first part, and the accounts by network; what comes in goes to the front office."""

    def __init__(self, rows: Rows, teams: dict[str, Team], clock: Clock) -> None:
        self.mailboxes: dict[str, Mailbox] = {}
        for name, team in MAILBOXES.items():
            box = rows.add(Mailbox(address=f"{name}@{DOMAIN}", name="Gemeente Duinmeer", team=teams[team]))
            box.last_ok_at = clock.now - timedelta(minutes=1)
            self.mailboxes[name] = box
        self.accounts: dict[str, Connection] = {}
        for kind, name, account, limit in ACCOUNTS:
            one = rows.add(Connection(kind=kind, name=name, external_id=account, team=teams["Voorlijn"]))
            one.character_limit, one.last_ok_at = limit, clock.now - timedelta(minutes=1)
            self.accounts[kind] = one

    @property
    def main(self) -> Mailbox:
        return self.mailboxes["gemeente"]
