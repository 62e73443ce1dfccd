"""What people type about a callback, checked before it becomes a promise or a fact."""

from callbacks.forms.act import CancelForm, GiveBackForm, MessageForm, PostponeForm, RemindForm
from callbacks.forms.assign import AssignForm, BulkForm
from callbacks.forms.attempt import AttemptForm, CompleteForm
from callbacks.forms.contact import ContactPart
from callbacks.forms.filter import FilterForm
from callbacks.forms.part import CallbackPart
from callbacks.forms.promise import PreviewForm

__all__ = [
    "AssignForm", "AttemptForm", "BulkForm", "CallbackPart", "CancelForm", "CompleteForm", "ContactPart", "FilterForm",
    "GiveBackForm", "MessageForm", "PostponeForm", "PreviewForm", "RemindForm",
]  # fmt: skip
