"""What the functional administrator sets, and for who may see citizens also the registers, to read; by noun."""

from contacts.admin import case, connection, contact, customer, mail, mailbox, reply_template, topic
from contacts.admin.register import Citizens, ReadOnly, ReadOnlyInline

__all__ = [
    "Citizens",
    "ReadOnly",
    "ReadOnlyInline",
    "case",
    "connection",
    "contact",
    "customer",
    "mail",
    "mailbox",
    "reply_template",
    "topic",
]
