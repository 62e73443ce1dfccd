"""Reading lists: where they are, what stands on them, and what a reader ticks."""

from knowledge.models import ArticleRead, ReadingItem

READING, LISTS, NEW = "/knowledge/reading/", "/knowledge/reading/lists/", "/knowledge/reading/lists/new/"


def article(title):
    return ReadingItem.objects.select_related("article").get(article__title=title).article


def order(week):
    return [item.article.title for item in week.items.all()]


def on(week, verb=""):
    return f"{LISTS}{week.uuid}/{verb + '/' if verb else ''}"


def tick(client, title, verb="read", **data):
    return client.post(f"{READING}{article(title).uuid}/{verb}/", {"version": article(title).version} | data)


def reads(user, *titles):
    for title in titles:
        ArticleRead.objects.tick(article(title), version=1, by=user)
