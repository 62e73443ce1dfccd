"""Forms of other apps on the desk, and fields that several forms share."""

import unicodedata
from typing import Any

from django import forms

from accounts.models import User
from accounts.widgets import Hinted, LongSelect
from contacts.models import Contact, Customer, Topic
from contacts.models.topic import choosable_topics


class Part(forms.Form):
    """A form of another app that stands on the agent desktop and is saved in the same transaction as the contact.

    The routes in kcc.urls name the parts, so that contacts need not know the apps above it.
    """

    name: str  # the part is {{ name }}_form in the templates, and its fields begin with name-

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        customer: Customer | None = None,
        topic: Topic | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=self.name, initial=initial)
        self.user, self.customer, self.topic = user, customer, topic

    @classmethod
    def stored(cls, typed: dict[str, Any]) -> dict[str, Any]:
        """Give what a draft holds for this part, under its own field names."""
        begin = f"{cls.name}-"
        return {name.removeprefix(begin): value for name, value in typed.items() if name.startswith(begin) and value}

    def typed(self) -> dict[str, Any]:
        """Give what was typed in this part, to show it again when it was not needed."""
        return {name: self[name].data for name in self.fields if self[name].data not in (None, "")}

    def wanted(self, outcome: str) -> bool:
        """Say whether a contact with this outcome needs this part; an unwanted part is not checked and not saved."""
        raise NotImplementedError

    def save(self, contact: Contact, *, by: User) -> None:
        """Do with the new contact what this part was filled in for."""
        raise NotImplementedError


class WordsField(forms.CharField):
    """Text in which at least one character can be seen; white space and invisible characters alone count as nothing."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text if any(unicodedata.category(letter)[0] not in "ZC" for letter in text) else ""


class TopicField(forms.ChoiceField):
    """A topic by its uuid, in the choices grouped by theme; gives the Topic."""

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_topic_choices, **kwargs)

    def clean(self, value: Any) -> Topic | None:
        chosen = super().clean(value)
        return next((topic for topic in choosable_topics() if str(topic.uuid) == chosen), None)


def _topic_choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic in choosable_topics():
        assert topic.parent is not None
        label = Hinted(str(topic), topic.team.name if topic.team else "")
        groups.setdefault(topic.parent.name, []).append((str(topic.uuid), label))
    return [("", ""), *groups.items()]
