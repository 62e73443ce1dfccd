"""Whom a mail goes to: names and addresses as they stand in a letter, and who gets the answer to one."""

from collections.abc import Iterable
from email.utils import formataddr, parseaddr

from django.conf import settings

from contacts.models.address import Address
from contacts.models.contact import Contact, Direction
from contacts.models.mailbox import open_mailboxes
from contacts.models.token import case_of

Person = tuple[str, str]  # name and address
People = list[Person]


def people(pairs: Iterable[Iterable[str]]) -> People:
    """Give these people as they can be written to: each address once, and nobody without one."""
    found: dict[str, Person] = {}
    for name, typed in (tuple(pair) for pair in pairs):
        address = Address.normalise(Address.Kind.EMAIL, typed)
        if address and not found.get(address, ("",))[0]:
            found[address] = (" ".join(name.split()), address)
    return list(found.values())


def without(some: People, *others: People) -> People:
    """Give who of some is not among the others."""
    known = {address for group in others for _name, address in group}
    return [person for person in some if person[1] not in known]


def as_header(some: People) -> str:
    """Give these people as a To or Cc header names them, their domains in ASCII (IDNA)."""
    return ", ".join(formataddr((name, in_ascii(address))) for name, address in some)


def in_ascii(address: str) -> str:
    """Give an address with its domain as the name system knows it. Raises UnicodeError when it has no such name."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def as_typed(some: People) -> str:
    """Give these people as somebody would type them."""
    return ", ".join(f"{name.replace(',', ' ')} <{address}>" if name else address for name, address in some)


def is_ours(address: str) -> bool:
    """Say whether mail to this address comes back into this house."""
    address = address.lower()
    own = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}
    own.update(one for mailbox in open_mailboxes() for one in mailbox.addresses)
    return address in own or case_of(address) is not None


def who_gets_the_answer(contact: Contact, *, everybody: bool) -> tuple[People, People]:
    """Give to whom an answer to this message goes, and who gets a copy when everybody does.

    To where the writer asked for it, else to the writer; of what we wrote ourselves, to whom we wrote. Never to us.
    """
    message = getattr(contact, "message", None)
    writer = people([(message.sender_name if message else "", contact.party)])
    if contact.direction == Direction.OUTBOUND:
        to = people(message.to) if message else writer
    else:
        to = _outsiders(people(message.reply_to)) if message else []
        to = to or writer
    if not everybody or message is None:
        return _outsiders(to) or to, []
    others = people(message.cc) if contact.direction == Direction.OUTBOUND else people(message.recipients)
    to = _outsiders(to) or to
    return to, without(_outsiders(others), to)


def _outsiders(some: People) -> People:
    return [person for person in some if not is_ours(person[1])]
