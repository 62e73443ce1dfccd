"""The callback register: what was promised to citizens, what was tried, and who must be reminded."""

from callbacks.models.attempt import Attempt
from callbacks.models.callback import Callback, Result
from callbacks.models.reminder import Reminder

__all__ = ["Attempt", "Callback", "Reminder", "Result"]
