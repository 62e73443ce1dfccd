"""Customers, what was said with them, and what came of it."""

from contacts.models.access import Access
from contacts.models.address import Address
from contacts.models.attachment import Attachment
from contacts.models.call import Call
from contacts.models.case import Case
from contacts.models.connection import Connection
from contacts.models.contact import Channel, Contact, Direction, Outcome
from contacts.models.customer import Customer, NameWord
from contacts.models.draft import Draft
from contacts.models.event import Event
from contacts.models.heartbeat import Heartbeat
from contacts.models.inbound import Inbound
from contacts.models.lease import Leased, LeasedQuerySet
from contacts.models.mailbox import Fetched, Mailbox
from contacts.models.merge import Merge
from contacts.models.message import Message
from contacts.models.norm import Norm
from contacts.models.outgoing import Outgoing
from contacts.models.presence import Presence
from contacts.models.question import Question
from contacts.models.reply_template import ReplyTemplate
from contacts.models.topic import Topic

__all__ = [
    "Access",
    "Address",
    "Attachment",
    "Call",
    "Case",
    "Channel",
    "Connection",
    "Contact",
    "Customer",
    "Direction",
    "Draft",
    "Event",
    "Fetched",
    "Heartbeat",
    "Inbound",
    "Leased",
    "LeasedQuerySet",
    "Mailbox",
    "Merge",
    "Message",
    "NameWord",
    "Norm",
    "Outcome",
    "Outgoing",
    "Presence",
    "Question",
    "ReplyTemplate",
    "Topic",
]
