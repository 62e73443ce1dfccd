"""The routes of the REST API; what they do is in each app's api.py."""

from rest_framework.routers import SimpleRouter

from callbacks.api import CallbackViewSet
from knowledge.api import ArticleViewSet

router = SimpleRouter()
router.register("articles", ArticleViewSet, basename="article")
router.register("callbacks", CallbackViewSet, basename="callback")
