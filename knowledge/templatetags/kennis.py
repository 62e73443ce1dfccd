"""What the templates of the public site need: addresses, and names as citizens know them."""

from django import template

from contacts.models import Topic
from knowledge.models import Article
from knowledge.website import address
from knowledge.website.shelf import Theme

register = template.Library()

OWN_NAMES = {
    "nl": "Nederlands", "en": "English", "de": "Deutsch", "fr": "Français", "pl": "Polski", "tr": "Türkçe",
    "ar": "العربية", "uk": "Українська",
}  # fmt: skip


@register.filter
def public_url(one: Article | Theme | Topic, language: str = "nl") -> str:
    """Give the address of an article, or of a theme in this language."""
    if isinstance(one, Article):
        return address.of_article(one)
    return address.of_theme(one.topic if isinstance(one, Theme) else one, language)


@register.filter
def spoken_name(topic: Topic) -> str:
    """Give what citizens call this topic."""
    return address.spoken_name(topic)


@register.filter
def own_name(language: str) -> str:
    """Give the name of a language as those who speak it write it."""
    return OWN_NAMES.get(language, language)
