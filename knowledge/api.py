"""The knowledge base for other systems: the same search in the same order, read only."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.api import Strict
from accounts.http import signed_in
from knowledge.models import Article, Place, Searching
from knowledge.models.markup import heading, is_internal
from knowledge.search import search


class AnyText(serializers.Field):
    """A question as it was typed: what cannot be stored or said finds nothing, and is not wrong."""

    def to_internal_value(self, data: Any) -> str:
        """Give the text as it came."""
        return str(data)


class ListQuery(Strict):
    """What is asked (q), and how many articles the answer may have: 10, unless asked for up to 100."""

    q = AnyText(default="")
    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)


class ArticleSerializer(serializers.ModelSerializer[Article]):
    """An article as it is found: enough to answer with."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Article
        fields = ["uuid", "external_id", "title", "short_answer", "internal", "checked_at", "review_on", "url"]

    def get_url(self, article: Article) -> str:
        """Give the address of the article for colleagues, with the name of this site."""
        return str(self.context["request"].build_absolute_uri(article.get_absolute_url()))


class WholeArticleSerializer(ArticleSerializer):
    """An article with its text: in body what everybody may read, all parts with who they are for in sections.

    Only of an article that is internal as a whole body holds what is for colleagues.
    """

    body = serializers.SerializerMethodField()
    sections = serializers.SerializerMethodField()
    topic = serializers.SlugRelatedField[Any]("uuid", read_only=True)
    team = serializers.SlugRelatedField[Any]("name", read_only=True)

    class Meta(ArticleSerializer.Meta):
        fields = [*ArticleSerializer.Meta.fields, "body", "sections", "keywords", "topic", "team", "version",
                  "changed_at"]  # fmt: skip

    def get_body(self, article: Article) -> str:
        """Give the HTML of an article; of one for everybody without the parts that are for colleagues."""
        return article.html if article.internal else article.public_html

    def get_sections(self, article: Article) -> list[dict[str, Any]]:
        """Give each part with its kind, heading, HTML and whether it is for colleagues only."""
        return [
            {
                "kind": part["kind"],
                "title": heading(part),
                "html": part["html"],
                "internal": article.internal or is_internal(part),
            }
            for part in article.sections
        ]


class ArticleViewSet(ViewSet):
    """GET /articles/?q=&limit= gives the hits best first, those changed last without q; /articles/<uuid>/ one whole."""

    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def list(self, request: Request) -> Response:
        """Give what a question (q) finds, else what changed last; up to limit articles that the key may read."""
        asked = ListQuery.of_query(request)
        limit, user, query = asked["limit"], signed_in(request), asked["q"]
        if query:
            articles = [hit.article for hit in search(query, user=user, limit=limit)]
            Searching.note(query, place=Place.API, found=len(articles))
        else:
            articles = list(Article.objects.visible_to(user).with_card().newest()[:limit])
        shapes = ArticleSerializer(articles, many=True, context={"request": request})
        return Response({"results": shapes.data})

    def retrieve(self, request: Request, uuid: UUID) -> Response:
        """Give one article whole. 404 for what the key may not read."""
        article = get_object_or_404(Article.objects.visible_to(signed_in(request)).with_details(), uuid=uuid)
        return Response(WholeArticleSerializer(article, context={"request": request}).data)
