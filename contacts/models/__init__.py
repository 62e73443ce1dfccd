"""Customers, what was said with them, and what came of it."""

from contacts.models.access import Access
from contacts.models.address import Address
from contacts.models.case import Case
from contacts.models.contact import Channel, Contact, Direction, Outcome
from contacts.models.customer import Customer, NameWord
from contacts.models.draft import Draft
from contacts.models.event import Event
from contacts.models.heartbeat import Heartbeat
from contacts.models.inbound import Inbound
from contacts.models.lease import Leased, LeasedQuerySet
from contacts.models.norm import Norm
from contacts.models.outgoing import Outgoing
from contacts.models.topic import Topic

__all__ = [
    "Access",
    "Address",
    "Case",
    "Channel",
    "Contact",
    "Customer",
    "Direction",
    "Draft",
    "Event",
    "Heartbeat",
    "Inbound",
    "Leased",
    "LeasedQuerySet",
    "NameWord",
    "Norm",
    "Outcome",
    "Outgoing",
    "Topic",
]
