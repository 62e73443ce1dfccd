"""Which channel reads what arrived, and which one sends what is to leave."""

from contacts.channels import email
from contacts.models import Contact, Inbound, Outgoing


def receive(inbound: Inbound) -> Contact | None:
    """Give the contact that this arrival became, if it became one. Raises Superseded when somebody else did it."""
    return email.receive(inbound)


def send(outgoing: Outgoing) -> None:
    """Send one message that this process holds, and mark it sent. Raises Unsent, Superseded."""
    email.send(outgoing)
