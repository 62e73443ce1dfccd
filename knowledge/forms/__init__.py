"""What is typed in the knowledge base, checked before it becomes a fact."""

from knowledge.forms.reader import AskForm, FeedbackForm, InsertForm, PanelForm, SearchForm, Typed, UsagePart, Uuids

__all__ = ["AskForm", "FeedbackForm", "InsertForm", "PanelForm", "SearchForm", "Typed", "UsagePart", "Uuids"]
