"""The contact a colleague is in, before it is saved: an article they use is noted in its draft.

The form on the desk may be open in another window and is kept again every few seconds. So what is linked here is not
one of its fields: it stands beside them, until the form comes to know of it and sends it itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from contacts.models import Call, Channel, Customer, Draft
from contacts.models.call import has_exchange
from contacts.models.draft import NOTED
from contacts.models.topic import Topic, choosable_topics
from knowledge.models import Article

LINKED = f"{NOTED}articles"  # in the data of a draft: a uuid and a moment, each
TICKED = "knowledge-articles"  # what the form says was used
KNOWN = "knowledge-known"  # what was linked elsewhere and the form shows by now
FRESH = timedelta(hours=4)  # of a draft that was not touched for longer nobody is in the middle
MOST = 20  # articles linked with one contact


def linked(data: dict[str, Any]) -> dict[str, str]:
    """Give what was linked in the data of a draft and its form did not know of: uuids of articles, with the moment."""
    pairs = [str(one).partition(" ") for one in as_list(data.get(LINKED))]
    known = as_list(data.get(KNOWN))
    return {uuid: moment for uuid, _space, moment in pairs if uuid not in known}


def as_list(value: Any) -> list[Any]:
    """Give the values of a field that may have had one, several or none."""
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def topic_of(article: Article) -> Topic | None:
    """Give what the article is about, where an agent can choose that."""
    return next((one for one in choosable_topics() if one.pk == article.topic_id), None)


@dataclass
class Ongoing:
    """What is typed of a contact, or the call of which nothing is typed yet."""

    user: User
    draft: Draft | None = None
    call: Call | None = None

    @classmethod
    def of(cls, user: User) -> "Ongoing | None":
        """Give the contact this colleague is in: that of their call, else what they typed last; None when in none."""
        if not user.works_at_kcc:
            return None
        now = timezone.now()
        call = Call.objects.at_desk_of(user, now=now) if has_exchange() else None
        drafts = [draft for draft in Draft.objects.of(user)[:MOST] if now - draft.updated_at < FRESH]
        if call is not None and call.contact_id is None:
            mine = (one for one in drafts if one.values().get("call") == str(call.uuid))
            return cls(user, next(mine, None), call)
        return cls(user, drafts[0]) if drafts else None

    @property
    def name(self) -> str:
        """Give what tells this contact from another of the same colleague, also when nothing is typed of it yet."""
        return f"call:{self.call.uuid}" if self.call else f"draft:{self.draft.uuid}" if self.draft else ""

    @property
    def customer(self) -> Customer | None:
        """Give who it is with; None when that is not known."""
        return self.draft.customer if self.draft else self.call.customer if self.call else None

    @property
    def began_at(self) -> datetime:
        """Give since when it goes on."""
        if self.draft is not None:
            return self.draft.created_at
        return self.call.began_at if self.call else timezone.now()

    @property
    def url(self) -> str:
        """Give the page on which it is gone on with."""
        if self.draft is not None:
            return self.draft.url
        found = self.customer
        page = reverse("contacts:customer", args=[found.uuid]) if found else reverse("contacts:desk")
        return f"{page}?call={self.call.uuid}" if self.call else page

    def has(self, article: Article) -> bool:
        """Say whether this article was used in it, as far as the form or this page knows."""
        if self.draft is None:
            return False
        uuid = str(article.uuid)
        return uuid in linked(self.draft.data) or uuid in as_list(self.draft.data.get(TICKED))

    def linked_at(self, article: Article) -> datetime | None:
        """Give when it was linked on a page of the knowledge base; None when it was ticked in the form."""
        pairs = (str(one).partition(" ") for one in as_list(self.draft.data.get(LINKED) if self.draft else None))
        moment = next((moment for uuid, _space, moment in pairs if uuid == str(article.uuid)), "")
        return parse_datetime(moment) if self.has(article) and moment else None

    @transaction.atomic
    def link(self, article: Article) -> None:
        """Note that this article was used; its topic is chosen where none was. A second time changes nothing."""
        draft = self._kept()
        if self.has(article):
            return
        uuid, data = str(article.uuid), draft.data
        others = [one for one in as_list(data.get(LINKED)) if not str(one).startswith(uuid)]
        data[LINKED] = [*others[-MOST:], f"{uuid} {timezone.now().isoformat()}"]
        data[KNOWN] = [one for one in as_list(data.get(KNOWN)) if one != uuid]
        topic = topic_of(article)
        if topic is not None and not any(as_list(data.get("topic"))):
            data["topic"] = [str(topic.uuid)]
        self._save(draft)

    @transaction.atomic
    def unlink(self, article: Article) -> None:
        """Take that back; a second time changes nothing."""
        if not self.has(article):
            return
        draft, uuid = self._kept(), str(article.uuid)
        for name in (LINKED, TICKED, KNOWN):
            draft.data[name] = [one for one in as_list(draft.data.get(name)) if not str(one).startswith(uuid)]
        self._save(draft)

    def _kept(self) -> Draft:
        """Give the draft as it is now, for us alone; of a call it is begun."""
        rows = Draft.objects.select_for_update(of=("self",)).select_related("customer")
        if self.draft is None:
            User.objects.select_for_update(no_key=True).only("pk").get(pk=self.user.pk)  # one draft of a call
            again = Ongoing.of(self.user)
            self.draft = again.draft if again else None
        if self.draft is None:
            data = {"channel": [Channel.PHONE.value], "call": [str(self.call.uuid)] if self.call else []}
            self.draft = Draft.objects.create(user=self.user, customer=self.customer, data=data)
        found = rows.filter(pk=self.draft.pk).first()
        self.draft = found or self.draft
        return self.draft

    def _save(self, draft: Draft) -> None:
        draft.updated_at = timezone.now()
        draft.save(update_fields=["data", "updated_at"])
