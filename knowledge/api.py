"""The knowledge base for other systems: the same search in the same order, read only."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.http import signed_in
from knowledge.models import Article, Place, Searching
from knowledge.models.markup import heading, is_internal
from knowledge.search import search


class Limit(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=50, default=10)


class ArticleSerializer(serializers.ModelSerializer[Article]):
    """An article as it is found: enough to answer with."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Article
        fields = ["uuid", "external_id", "title", "short_answer", "internal", "checked_at", "review_on", "url"]

    def get_url(self, article: Article) -> str:
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
        return article.html if article.internal else article.public_html

    def get_sections(self, article: Article) -> list[dict[str, Any]]:
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
        asked = Limit(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limit, user, query = asked.validated_data["limit"], signed_in(request), request.query_params.get("q", "")
        if query:
            articles = [hit.article for hit in search(query, user=user, limit=limit)]
            Searching.note(query, place=Place.API, found=len(articles))
        else:
            articles = list(Article.objects.visible_to(user).with_card().newest()[:limit])
        shapes = ArticleSerializer(articles, many=True, context={"request": request})
        return Response({"results": shapes.data})

    def retrieve(self, request: Request, uuid: UUID) -> Response:
        article = get_object_or_404(Article.objects.visible_to(signed_in(request)).with_details(), uuid=uuid)
        return Response(WholeArticleSerializer(article, context={"request": request}).data)
