"""What the board of the knowledge base is about: which weeks, and perhaps one place where was searched."""

from dataclasses import dataclass
from functools import cached_property

from insights.scope import Scope
from knowledge.models import Place


@dataclass(frozen=True)
class KnowledgeScope(Scope):
    """What the board of the knowledge base is about at one moment."""

    place: str = ""

    @cached_property
    def query(self) -> dict[str, str]:
        """Give the words of an address that mean the same."""
        return super().query | ({"place": self.place} if self.place else {})

    @property
    def place_label(self) -> str:
        return str(Place(self.place).label) if self.place else ""
