"""What people type, checked before it becomes a fact."""

from contacts.forms.part import Part, TopicField, WordsField

__all__ = ["Part", "TopicField", "WordsField"]
