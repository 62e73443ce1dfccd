"""Selections of versions: how far each is on its way to readers, and who may look at it."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import Role, User

if TYPE_CHECKING:
    from knowledge.models.article import Article
    from knowledge.models.version import Version


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions by where they stand and who may see them."""

    def open(self) -> Self:
        """Give what is being written, waits for approval or for its moment: at most one of an article."""
        return self.filter(published_at=None, dropped_at=None)

    def published(self) -> Self:
        """Give what readers have seen, newest first."""
        return self.filter(published_at__isnull=False).order_by("-number")

    def drafts(self) -> Self:
        """Give what somebody still writes or must still publish, the one changed last first."""
        theirs = Q(submitted_at=None) | Q(approved_at__isnull=False)
        return self.open().filter(theirs, publish_at=None).order_by("-changed_at", "pk")

    def waiting(self) -> Self:
        """Give what waits for approval, the longest first."""
        return self.open().filter(submitted_at__isnull=False, approved_at=None).order_by("submitted_at", "pk")

    def scheduled(self) -> Self:
        """Give what is published later by itself, the first first."""
        return self.open().filter(publish_at__isnull=False).order_by("publish_at", "pk")

    def due(self, *, now: datetime) -> Self:
        """Give what must be published now."""
        return self.scheduled().filter(publish_at__lte=now)

    def visible_to(self, user: User) -> Self:
        """Give what readers have seen, and to editors what is being written or was put aside, newest first."""
        found = self if user.has_role(Role.EDITOR) else self.published()
        ended = Coalesce("published_at", "dropped_at").desc(nulls_first=True)
        return found.select_related("written_by", "approved_by", "published_by").order_by(ended, "-pk")

    def former(self) -> Self:
        """Give what readers have seen and what was put aside: what the article can be taken back to."""
        return self.exclude(published_at=None, dropped_at=None)

    def handled_by_others(self, user: User) -> Self:
        """Give those in which a colleague wrote, or that a colleague offered, approved, planned or gave back."""
        others = ~Q(writers__contained_by=[user.pk])
        for did in ("submitted_by", "approved_by", "published_by", "returned_by"):
            others |= Q(**{f"{did}__isnull": False}) & ~Q(**{did: user})
        return self.filter(others)

    def numbered(self, number: int) -> "Version | None":
        """Give the version with the number that people see."""
        return self.filter(number=number).first()

    def put_aside(self, *, by: User) -> "Version | None":
        """Have nothing open, and give what was: it stays as it was, and who wrote it hears where it is."""
        version = self.open().with_article().first()
        if version is not None:
            version.put_aside(by=by)
        return version

    def with_article(self) -> Self:
        """Fetch the article, who vouches for it and who wrote, in the same query."""
        return self.select_related("article__owner", "article__team", "written_by")


def stamp_of(article: "Article") -> str:
    """Give the stamp of what an editor begins with: the open version, else the words that readers know."""
    shown = article.draft or article.versions.published().first()
    return shown.stamp if shown is not None else ""
