"""Versions whose moment has come are published by themselves: each once, and one that cannot be harms no other."""

import logging
from datetime import datetime

from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _t

from accounts import push
from accounts.models import Notification
from knowledge.models import Article, NotYet, Version

log = logging.getLogger(__name__)
MOST = 200  # in one turn; what is left has the next


def publish_due(*, now: datetime) -> int:
    """Publish what is due, each in a transaction of its own, and say how many versions that were."""
    due = Version.objects.due(now=now).values_list("pk", "article_id")[:MOST]
    return sum(_alone(pk, article_id, now=now) for pk, article_id in list(due))


def _alone(pk: int, article_id: int, *, now: datetime) -> bool:
    try:
        return _publish(pk, article_id, now=now)
    except NotYet as reason:
        _give_up(pk, str(reason))
    except Exception as error:
        log.exception("version %s was not published", pk)
        if isinstance(error, Error):  # the database is busy or gone: what is due stays due
            if not connection.is_usable():
                raise
            return False
        _give_up(pk, "")
    return False


@transaction.atomic
def _publish(pk: int, article_id: int, *, now: datetime) -> bool:
    """Publish one version unless another process does, or somebody took it back meanwhile."""
    if not Article.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=article_id).exists():
        return False
    version = Version.objects.due(now=now).filter(pk=pk).select_related("published_by").first()
    return version is not None and version.publish(by=version.published_by)


@transaction.atomic
def _give_up(pk: int, reason: str) -> None:
    """Have a person look at a version that cannot be published: it waits, and whoever planned it hears why."""
    version = Version.objects.select_related("article", "published_by").get(pk=pk)
    planned = version.publish_at
    try:
        held = version.hold()
    except NotYet:  # somebody changed it meanwhile, and heard that it is not planned any more
        return
    if not held or version.published_by is None or planned is None:
        return
    with translation.override(version.published_by.language):
        text = _t("“%(title)s” is niet gepubliceerd.") % {"title": version.title[:120]}
        reason = reason or _t("Er ging iets mis. Probeer het zelf.")
    Notification.objects.get_or_create(
        recipient=version.published_by,
        key=f"unpublished:{version.uuid}:{planned.isoformat()}",
        defaults={
            "kind": "knowledge",
            "text": f"{text} {reason}"[:200],
            "url": reverse("knowledge:edit", args=[version.article.uuid]),
        },
    )
    push.hint("bell", f"user:{version.published_by.pk}")
