"""The callback register: what was promised to citizens, what was tried, and who must be reminded."""

from callbacks.models.addressee import Addressee
from callbacks.models.attempt import Attempt
from callbacks.models.batch import Batch
from callbacks.models.callback import MAX_ATTEMPTS, Callback, Ended
from callbacks.models.deadline import Deadline
from callbacks.models.proposal import Proposal
from callbacks.models.queue import Queue
from callbacks.models.reminder import Reminder
from callbacks.models.result import Result

__all__ = [
    "MAX_ATTEMPTS", "Addressee", "Attempt", "Batch", "Callback", "Deadline", "Ended", "Proposal", "Queue", "Reminder",
    "Result",
]  # fmt: skip
