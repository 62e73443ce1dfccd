"""Whether a whole article is for colleagues only. With four eyes no editor alone makes public what was not."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from knowledge.models.article import Article
from knowledge.models.editorial import Editorial
from knowledge.models.version import Version


@transaction.atomic
def settle(article: Article, *, internal: bool, by: User) -> bool:
    """Give whether the article is internal from now on, now that an editor wants it to be or not to be.

    With four eyes it becomes public with its next version, which another editor approves; until then it stays internal.
    What nobody read yet changes at once, unless its concept was offered as that of an internal article. Who looked at
    that concept before it changed must look again before they act on it.
    """
    locked = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    draft = locked.draft
    looked_at = locked.published_at is not None or (draft is not None and draft.state != "draft")
    if locked.internal and not internal and looked_at and Editorial.current().four_eyes:
        Version.begin(locked, by=by).open_up(True, by=by)
        return True
    if draft is not None:
        draft.open_up(False, by=by)
        if locked.internal != internal:
            locked.versions.open().update(changed_at=timezone.now())
    return internal
