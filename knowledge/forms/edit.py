"""The words of an article as somebody types them: title, short answer, parts, keywords and sources."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.turns import turn_of
from knowledge.models import Article, Kind, Language, Version
from knowledge.models.markup import OF_A_PRODUCT, Section, SectionKind, typed
from knowledge.models.text import MOST_WORDS, Text, count_words
from knowledge.models.versions import stamp_of
from knowledge.models.word import Unfit

MOST_PARTS = 100
MOST_SOURCES = 100
FREE = (SectionKind.TEXT, *OF_A_PRODUCT)  # what may stand in any order in an answer to a question
SCHEME = re.compile(r"^https?://", re.IGNORECASE)
ADDRESS = URLValidator(schemes=["http", "https"])


class NewForm(forms.Form):
    """What a new article begins with; the uuid makes that sending it twice is one article."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Kind.choices, label=_("Soort"), initial=Kind.QUESTION, widget=forms.RadioSelect)
    title = forms.CharField(
        max_length=200,
        label=_("Titel"),
        help_text=_("Een vraag zoals de burger hem stelt, of de naam van het product."),
    )


class TranslateForm(forms.Form):
    """Into which language an article is translated: one that it is not in yet."""

    language = forms.ChoiceField(
        label=_("Taal"),
        error_messages={"invalid_choice": _("Dit artikel is er al in deze taal.")},
        widget=forms.Select(attrs={"form": "vertalen"}),  # it stands among the fields of another form
    )

    def __init__(self, data: Any = None, *, article: Article) -> None:
        super().__init__(data)
        source = article.original or article
        there = {source.language, *source.translations.values_list("language", flat=True)}
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, label) for code, label in Language.choices if code not in there]


class TextForm(forms.Form):
    """The words that every article has. With strict they must be good enough to publish; a concept may be anything."""

    title = forms.CharField(max_length=200, required=False, label=_("Titel"))
    short_answer = forms.CharField(
        max_length=5000, required=False, label=_("Kort antwoord"),
        help_text=_("Wat je kunt voorlezen. Een regel per punt; **woorden** tussen sterren worden vet."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    keywords = forms.CharField(
        max_length=500, required=False, label=_("Trefwoorden"),
        help_text=_(
            "Woorden van de burger die niet in de titel staan, met komma’s ertussen. Is zo’n trefwoord de hele vraag "
            "(“roze pasje kwijt”), dan staat dit artikel bovenaan."
        ),
    )  # fmt: skip
    page = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, strict: bool = False) -> None:
        super().__init__(data, initial=initial)
        self.strict = strict
        for name in ("title", "short_answer"):
            self.fields[name].required = strict

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_short_answer(self) -> str:
        text = str(self.cleaned_data["short_answer"]).replace("\r\n", "\n")
        words = count_words(text)
        if self.strict and words > MOST_WORDS:
            wrong = _("Het korte antwoord heeft %(n)d woorden. Gebruik er hooguit %(most)d.")
            raise ValidationError(wrong, params={"n": words, "most": MOST_WORDS})
        return text


class PartForm(forms.Form):
    """One part of an article: its heading, its text, and whether everybody may read it."""

    kind = forms.ChoiceField(choices=SectionKind.choices, widget=forms.HiddenInput)
    title = forms.CharField(max_length=200, required=False, label=_("Kop"))
    html = forms.CharField(required=False, label=_("Tekst"), widget=forms.Textarea(attrs={"rows": 8}))
    internal = forms.BooleanField(required=False, label=_("Alleen voor medewerkers"))

    part: Section

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            self.part = typed(
                data.get("html", ""), kind=data.get("kind", SectionKind.TEXT), title=data.get("title", ""),
                internal=data.get("internal", False),
            )  # fmt: skip
        except Unfit as wrong:
            self.add_error("html", str(wrong))
        return data

    @property
    def of_kind(self) -> str:
        """Give the kind of this part, whatever was sent for it."""
        kind = str(self["kind"].value())
        return kind if kind in SectionKind.values else SectionKind.TEXT

    @property
    def name(self) -> str:
        """Give how people call this part: the name of its kind, or the heading that was typed."""
        return str(self["title"].value() or SectionKind(self.of_kind).label)

    @property
    def is_memo(self) -> bool:
        """Say whether this part is for colleagues only."""
        return self.of_kind == SectionKind.MEMO


class SourceForm(forms.Form):
    """Where the facts of an article come from."""

    title = forms.CharField(max_length=200, required=False, label=_("Naam"))
    url = forms.CharField(max_length=1000, required=False, label=_("Adres"))

    def __init__(self, *args: Any, strict: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.strict = strict

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        url = url if not url or SCHEME.match(url) else f"https://{url}"
        if url and self.strict:
            try:
                ADDRESS(url)
            except ValidationError:
                raise ValidationError(_("Dit is geen webadres.")) from None
        return url


class Writing:
    """An article as it stands on the page of its editor: one form for its words, one for each part and each source."""

    def __init__(
        self, article: Article, data: Any = None, *, strict: bool = False, blank: bool = False, blanks: int = 1
    ) -> None:
        self.article, self.data, self.strict = article, data, strict
        self.text: Text = article.draft or article
        first = {name: getattr(self.text, name) for name in ("title", "short_answer", "keywords")}
        first |= {"page": uuid4(), "seen": stamp_of(article)}
        self.form = TextForm(data, initial=first, strict=strict)
        shown = list(self._shown(blank))
        limits = {"parts": MOST_PARTS, "sources": MOST_SOURCES} if data is not None else {}
        counts = [_number(data.get(name), most) for name, most in limits.items()]
        self.is_whole = None not in counts  # a form that says how much it holds; another would take parts away
        count = len(shown) if data is None else counts[0] or 0
        self.parts = [PartForm(data, prefix=f"part-{n}", initial=dict(shown[n]) if data is None else None)
                      for n in range(count)]  # fmt: skip
        sources = [*self.text.sources, *({"title": "", "url": ""} for _n in range(blanks))]
        count = len(sources) if data is None else counts[1] or 0
        self.sources = [
            SourceForm(data, prefix=f"source-{n}", initial=sources[n] if data is None else None, strict=strict)
            for n in range(count)
        ]

    def _shown(self, blank: bool) -> Iterator[Section]:
        """Give the parts to fill in: those there are, the fixed ones of a product also when they are empty."""
        left = [part for part in self.text.sections if part["kind"] != SectionKind.MEMO]
        memos = [part for part in self.text.sections if part["kind"] == SectionKind.MEMO]
        fixed: dict[str, Section] = {}
        free = []
        for part in left:
            if self.article.kind != Kind.PRODUCT or part["kind"] not in OF_A_PRODUCT or part["kind"] in fixed:
                free.append(part)
            else:
                fixed[part["kind"]] = part
        if self.article.kind == Kind.PRODUCT:
            yield from (fixed.get(kind) or _empty(kind) for kind in OF_A_PRODUCT)
        yield from free
        if blank or (self.article.kind == Kind.QUESTION and not free):
            yield _empty(SectionKind.TEXT)
        yield from memos or [_empty(SectionKind.MEMO)]

    @property
    def forms(self) -> list[forms.Form]:
        """Give every form of the page: the words, each part, each source."""
        return [self.form, *self.parts, *self.sources]

    def is_valid(self) -> bool:
        """Say whether all of it can be kept; what came in cut off is not."""
        valid = [form.is_valid() for form in self.forms]  # every form, to say all that is wrong
        if self.is_whole or self.data is None:
            return all(valid)
        self.form.add_error("title", _("Dit formulier is niet volledig aangekomen. Er is niets bewaard."))
        return False

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Give what is wrong: the id of the field, what it is called, and why."""
        return [
            (
                field.id_for_label,
                f"{form.name}: {field.label}" if isinstance(form, PartForm) else str(field.label),
                str(words),
            )
            for form in self.forms
            for field in form
            for words in field.errors
        ]

    def typed(self) -> list[Section]:
        """Give every part as it was typed, also those with nothing in them."""
        return [form.part for form in self.parts]

    def words(self, parts: list[Section] | None = None) -> Version:
        """Give what was typed as the words of a version; parts of which nothing was typed are left out."""
        data = self.form.cleaned_data
        kept = [part for part in (self.typed() if parts is None else parts) if part["title"] or part["html"]]
        return Version(
            title=data["title"] or self.text.title,
            short_answer=data["short_answer"],
            keywords=data["keywords"],
            sections=kept,
            sources=[
                dict(form.cleaned_data)
                for form in self.sources
                if form.cleaned_data["url"] or form.cleaned_data["title"]
            ],
        )

    def keep(self, *, by: User, parts: list[Section] | None = None, instead_of: str = "") -> Version | None:
        """Have what was typed in the open version, or instead of the words with this stamp. Raises Overtaken."""
        data = self.form.cleaned_data
        return Version.keep(
            self.article, self.words(parts), page=data["page"] or UUID(int=0), seen=instead_of or data["seen"], by=by,
            turn=turn_of(self.data), instead=bool(instead_of),
        )  # fmt: skip

    def may_move(self, place: int, to: int) -> bool:
        """Say whether the part at one place may change with that at the other: the fixed parts of a product stay."""
        return all(0 <= n < len(self.parts) and self.is_free(self.parts[n]) for n in (place, to))

    def is_free(self, part: PartForm) -> bool:
        """Say whether an editor may move this part, take it away and name it."""
        if self.article.kind == Kind.PRODUCT:
            return part.of_kind == SectionKind.TEXT
        return part.of_kind in FREE

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give the parts with what can be done with each, for the page."""
        for n, part in enumerate(self.parts):
            yield {
                "form": part, "n": n, "free": self.is_free(part), "up": self.may_move(n, n - 1),
                "down": self.may_move(n, n + 1), "name": part.name,
            }  # fmt: skip


def _empty(kind: str) -> Section:
    return Section(kind=str(kind), title="", html="", internal=kind == SectionKind.MEMO)


def _number(text: Any, most: int) -> int | None:
    """Give a number that was sent, none for what is no number or more than so many."""
    number = int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 4 else most + 1
    return number if number <= most else None
