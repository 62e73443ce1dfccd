"""Which channel reads what arrived, and which one sends what is to leave."""

from contacts.channels import email, smtp
from contacts.channels.networks import deliver, media, names, social
from contacts.models import Contact, Inbound, Outgoing

ERRANDS = {media.SOURCE: media.receive, names.SOURCE: names.receive}  # what a message leaves to be fetched after it


def receive(inbound: Inbound) -> Contact | None:
    """Give the contact that this arrival became, if it became one. Raises Superseded when somebody else did it."""
    if inbound.source in social.READERS:
        return social.receive(inbound)
    if inbound.source in ERRANDS:
        ERRANDS[inbound.source](inbound)
        return None
    return email.receive(inbound)


def send(outgoing: Outgoing) -> None:
    """Send one message that this process holds, and mark it sent. Raises Unsent, Superseded."""
    if outgoing.connection_id is not None:
        deliver.send(outgoing)
    else:
        smtp.send(outgoing)
