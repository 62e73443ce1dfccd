"""Which open page of an editor wrote something, and when among all that this page sent; who came later is told."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from accounts.turns import is_late

if TYPE_CHECKING:
    from knowledge.models.version import Version


class Overtaken(Exception):
    """Somebody else wrote in this article since the page was opened; what they wrote stands in version, when open."""

    def __init__(self, version: "Version | None" = None) -> None:
        super().__init__()
        self.version = version


class OnPage(models.Model):
    """What is written on a page that sends it again and again while somebody types (see `accounts.turns`)."""

    page = models.UUIDField(null=True, editable=False)  # the open page of an editor that wrote these words
    turn = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)  # of that page

    class Meta:
        abstract = True

    def is_ahead_of(self, page: UUID, turn: str) -> bool:
        """Say whether this page sent what stands here at this turn or after it."""
        return self.page == page and is_late(turn, self.turn)

    def note(self, page: UUID | None, turn: str) -> None:
        """Remember that the page that wrote this sent it once more."""
        if turn and page == self.page:
            self.turn = turn
            self.save(update_fields=["turn"])
