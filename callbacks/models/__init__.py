"""The callback register: what was promised to citizens, what was tried, and who must be reminded."""

from callbacks.models.addressee import Addressee, Burden
from callbacks.models.attempt import Attempt
from callbacks.models.batch import Batch
from callbacks.models.callback import Callback
from callbacks.models.cause import Cause
from callbacks.models.deadline import Deadline
from callbacks.models.digest import Digest
from callbacks.models.handover import Handover
from callbacks.models.policy import Policy
from callbacks.models.postponement import Postponement
from callbacks.models.promise import Ended
from callbacks.models.proposal import Proposal
from callbacks.models.queue import Queue
from callbacks.models.reminder import Reminder
from callbacks.models.result import Result

__all__ = [
    "Addressee", "Attempt", "Batch", "Burden", "Callback", "Cause", "Deadline", "Digest", "Ended", "Handover",
    "Policy", "Postponement", "Proposal", "Queue", "Reminder", "Result",
]  # fmt: skip
