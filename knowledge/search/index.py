"""Keeping what the search knows in step with the articles: nothing is remembered but rows, so nothing is forgotten.

Saving an article writes its words in the same transaction (Article.save). What was written past that, and passages
whose meaning is not known yet, are found by a scan.
"""

import math
import time

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import locks
from knowledge.models import Article, Indexed, Passage
from knowledge.search import meaning

AT_ONCE = 100  # articles
PASSAGES = 8  # passages; with a lock, so that two processes do not do the same work


def catch_up(*, seconds: float = math.inf) -> int:
    """Write the words of articles that were written past Article.save, for about so long. Give how many those were."""
    done, end = 0, time.monotonic() + seconds
    while True:
        with transaction.atomic():
            stale = Article.objects.not_indexed().order_by("pk")
            found = list(stale.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
            Indexed.keep(found)
        done += len(found)
        if len(found) < AT_ONCE or time.monotonic() > end:
            return done


def embed(*, seconds: float) -> bool:
    """Compare passages by meaning that are new, for about so long. Say whether all of them are done."""
    if not meaning.is_on():
        return False
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with transaction.atomic():
            if not locks.take("embed:passages"):
                return False
            todo = list(Passage.objects.filter(vector=None).select_related("article").order_by("pk")[:PASSAGES])
            vectors = meaning.of_passages([passage.meaning for passage in todo])
            _keep({passage.digest: vector for passage, vector in zip(todo, vectors, strict=True)}, todo)
            _finish()
        if not todo:
            return True
    return False


def _keep(vectors: dict[str, bytes], passages: list[Passage]) -> None:
    """Write the vectors. An editor or import that is at a passage just now is not waited for: it comes again."""
    ours = Passage.objects.filter(pk__in=[passage.pk for passage in passages], digest__in=vectors)
    rows = list(ours.select_for_update(skip_locked=True).only("digest"))
    for row in rows:
        row.vector = vectors[row.digest]
    Passage.objects.bulk_update(rows, ["vector"])


def _finish() -> None:
    """Note the articles of which every passage has its vector now."""
    missing = Passage.objects.filter(article=OuterRef("article"), vector=None)
    done = Indexed.objects.without_meaning().filter(~Exists(missing)).select_for_update(skip_locked=True, of=("self",))
    Indexed.objects.filter(pk__in=[one.pk for one in done]).update(embedded_at=timezone.now())
