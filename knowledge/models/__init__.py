"""The knowledge base: articles that answer questions, who wrote and checked them, and where they were used."""

from knowledge.models.article import RECENT, Article, ArticleQuerySet, Audience, Kind, Language, PlainText
from knowledge.models.bulletin import Bulletin, BulletinKind, BulletinRead
from knowledge.models.editorial import Editorial
from knowledge.models.feedback import Feedback
from knowledge.models.four_eyes import Changed, NotYet
from knowledge.models.gap import Gap
from knowledge.models.indexed import Indexed
from knowledge.models.link import Link
from knowledge.models.markup import SectionKind, clean_html
from knowledge.models.notice import Notice
from knowledge.models.on_page import Overtaken
from knowledge.models.passage import Passage
from knowledge.models.posting import Posting
from knowledge.models.product import Product
from knowledge.models.reading_list import ArticleRead, Reader, ReadingItem, ReadingList
from knowledge.models.reads import Reads
from knowledge.models.searching import Place, Searching
from knowledge.models.synonym import Near, Synonym
from knowledge.models.usage import Usage
from knowledge.models.version import Version

__all__ = [
    "RECENT",
    "Article",
    "ArticleQuerySet",
    "ArticleRead",
    "Audience",
    "Bulletin",
    "BulletinKind",
    "BulletinRead",
    "Changed",
    "Editorial",
    "Feedback",
    "Gap",
    "Indexed",
    "Kind",
    "Language",
    "Link",
    "Near",
    "NotYet",
    "Notice",
    "Overtaken",
    "Passage",
    "Place",
    "PlainText",
    "Posting",
    "Product",
    "Reader",
    "ReadingItem",
    "ReadingList",
    "Reads",
    "Searching",
    "SectionKind",
    "Synonym",
    "Usage",
    "Version",
    "clean_html",
]
