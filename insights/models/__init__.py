"""The figures of weeks that are over, kept so that a board need not count ten years again."""

from insights.models.facts import ERRORS, PROMISES, QUESTIONS
from insights.models.tally import ErrorTally, QuestionTally, Tally
from insights.models.wallboard import Wallboard
from insights.models.week import Watermark, Week

__all__ = ["ERRORS", "PROMISES", "QUESTIONS", "ErrorTally", "QuestionTally", "Tally", "Wallboard", "Watermark", "Week"]
