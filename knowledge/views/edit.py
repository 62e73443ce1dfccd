"""Writing an article: a new one, its words on one page with all of its parts, and a copy kept while somebody types."""

from dataclasses import dataclass
from typing import Any, TypedDict, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import push
from accounts.http import done, editors_only, signed_in
from accounts.models import User
from knowledge import prose, reading_ease
from knowledge.difference import compare
from knowledge.forms.details import DetailsForm
from knowledge.forms.edit import MOST_PARTS, NewForm, TranslateForm, Writing
from knowledge.forms.publish import SendBackForm
from knowledge.models import Article, Editorial, NotYet, Overtaken, Product, Version
from knowledge.models.markup import Section
from knowledge.models.versions import stamp_of

STRICT = {"save", "submit", "publish"}  # what asks for words that are good enough for readers
KEEPS = STRICT | {"describe"}  # what has the details hold too, not only the words
MOST_LAID_BY = 10_000  # signs of details that wait, for the page they go back to
OFFERED = 15  # products at a time
BLANKS = 2  # empty rows for sources after one was asked for


@editors_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an article."""
    if request.method != "POST":
        begun = {"uuid": uuid4(), "title": request.GET.get("title", "").replace("\0", "")[:200]}
        return render(request, "knowledge/new.html", {"form": NewForm(initial=begun)})
    form = NewForm(request.POST)
    if not form.is_valid():
        return render(request, "knowledge/new.html", {"form": form}, status=422)
    version = Version.first(**form.cleaned_data, by=signed_in(request))
    return done(request, reverse("knowledge:edit", args=[version.article.uuid]))


@editors_only
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an article to write in, or keep what was written and do what the button said."""
    user, article = signed_in(request), find(uuid)
    if request.method == "POST":
        return _keep(request, article, Wish.of(request))
    if not _open(article, user):
        return locked(request, article)
    blanks = BLANKS if "source" in request.GET else 1
    writing = Writing(article, blank="part" in request.GET, blanks=blanks)
    return show(request, article, writing, details=_laid_by(request, article), waits=True)


def _open(article: Article, user: User) -> bool:
    """Give an article to this editor; what was offered for approval is only looked at, so that a colleague can too."""
    return article.editor in (None, user) if _is_offered(article) else article.open_for(user)


def _is_offered(article: Article) -> bool:
    version = article.draft
    return version is not None and version.submitted_at is not None


def find(uuid: UUID) -> Article:
    """Give any article, for who writes them."""
    return get_object_or_404(Article.objects.with_details().select_related("edited_by", "original"), uuid=uuid)


def locked(request: HttpRequest, article: Article, *, status: int = 200) -> HttpResponse:
    """Show what a colleague is writing, and how to take it over."""
    version = article.draft or article
    context = {"article": article, "version": version, "prose": prose.render(version.html)}
    return render(request, "knowledge/edit_locked.html", context, status=status)


def standing(article: Article, user: User) -> dict[str, Any]:
    """Give where an article stands on its way to readers, and what this editor may do about that."""
    version = article.draft
    return {
        "article": article, "version": version,
        "may_approve": version is not None and version.may_be_approved_by(user),
        "objection": version.objection(user) if version is not None else "",
        "may_offer": version is not None and version.may_be_offered_by(user),
        "needs_approval": Editorial.current().four_eyes and (version is None or version.needs_approval),
        "send_back_form": SendBackForm(),
    }  # fmt: skip


def show(request: HttpRequest, article: Article, writing: Writing, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the page of an editor."""
    context = {
        **standing(article, signed_in(request)),
        "writing": writing, "reading": reading_ease.of(writing.text),
        "details": more.pop("details", None) or DetailsForm(article=article),
        "translate_form": TranslateForm(article=article),
        "events_url": push.stream_url(request, push.channels_of(signed_in(request), f"article:{article.pk}")),
        "translations": article.translations.all() if article.original is None else [article.original],
        "saved_draft": request.session.pop("saved_article", ""),  # whose copy the window may forget
        "saved_details": request.session.pop("saved_details", ""),
        **more,
    }  # fmt: skip
    return render(request, "knowledge/edit.html", context, status=status)


@dataclass(frozen=True)
class Wish:
    """What a button of the form asks for: a word, and the number of the part it is about."""

    verb: str
    n: int = -1

    @classmethod
    def of(cls, request: HttpRequest) -> "Wish":
        """Give what was pressed; without a button, as by Enter, it is to save."""
        verb, _colon, n = request.POST.get("do", "save").partition(":")
        return cls(verb, int(n) if n.isascii() and n.isdigit() and len(n) < 4 else -1)


def _keep(request: HttpRequest, article: Article, wish: Wish) -> HttpResponse:
    """Keep all that was sent and go on; what is wrong with words or details is said, and nothing typed is lost."""
    writing = Writing(article, request.POST, strict=wish.verb in STRICT)
    details = _typed_details(request, article)
    if not writing.is_valid():
        return show(request, article, writing, status=422, details=details)
    holds = wish.verb in KEEPS
    if not holds:
        _lay_by(request, article, details)
    kept, overtaken, told = None, None, ""
    with transaction.atomic():  # nobody writes between the words and the details
        try:
            kept = _write(request, article, writing, wish)
        except Overtaken as one:
            overtaken = one
        except Article.DoesNotExist:  # thrown away since it was asked for above
            raise Http404 from None
        if holds and details is not None and details.is_valid():
            told, details = _describe(request, article, details, both=kept is not None and wish.verb == "save"), None
            kept = None if overtaken else article.draft
    if overtaken:
        return _conflict(request, article, writing, overtaken.version, details=details, described=told)
    request.session["saved_article"] = reverse("knowledge:save", args=[article.uuid])
    if holds and details is not None:
        return show(request, article, Writing(article), status=details.status, details=details, wish=wish)
    if wish.verb == "submit" and kept is not None:
        return _offer(request, article, kept)
    return _onward(request, article, wish, told)


def _write(request: HttpRequest, article: Article, writing: Writing, wish: Wish) -> Version | None:
    """Have the words that were sent in the open version; none if there is nothing to keep. Raises Overtaken."""
    user, anyway = signed_in(request), request.POST.get("anyway", "")  # the stamp of words shown beside these
    if anyway:
        article.take_over(by=user)
    elif not article.open_for(user):
        there = article.draft
        if wish.verb == "describe" and (there or article).says_the_same(writing.words()):
            return there
        raise Overtaken(there)
    return writing.keep(by=user, parts=_arranged(request, article, writing, wish), instead_of=anyway)


def _typed_details(request: HttpRequest, article: Article) -> DetailsForm | None:
    """Give the details when something else was filled in than the page showed."""
    form = DetailsForm(request.POST, article=article) if "stamp" in request.POST else None
    return form if form is not None and form.is_touched else None


def _describe(request: HttpRequest, article: Article, details: DetailsForm, *, both: bool = False) -> str:
    """Have these details from now on, and give what to say of it; both: the words were kept too."""
    opens = details.save(by=signed_in(request))
    request.session["saved_details"] = reverse("knowledge:describe", args=[article.uuid])
    if opens:
        return _("Dit artikel wordt openbaar zodra een collega het goedkeurt en het wordt gepubliceerd.")
    return _("Concept en gegevens bewaard") if both else _("Gegevens opgeslagen")


def _lay_by(request: HttpRequest, article: Article, details: DetailsForm | None) -> None:
    """Keep details for the next look at the page, which has them as they were typed."""
    typed = {name: request.POST.getlist(name) for name in details.fields} if details is not None else {}
    if typed and sum(len(value) for values in typed.values() for value in values) < MOST_LAID_BY:
        request.session["typed_details"] = {"article": str(article.uuid), "typed": typed}


def _laid_by(request: HttpRequest, article: Article) -> DetailsForm | None:
    """Give the details that were typed on this page before it was asked for again."""
    kept = request.session.pop("typed_details", None)
    if not kept or kept["article"] != str(article.uuid):
        return None
    typed = QueryDict(mutable=True)
    for name, values in kept["typed"].items():
        typed.setlist(name, values)
    form = DetailsForm(typed, article=article)
    return form if form.is_touched else None


def _conflict(
    request: HttpRequest, article: Article, writing: Writing, theirs: Version | None, **more: Any
) -> HttpResponse:
    """Show both texts when a colleague wrote meanwhile; none is kept until this person says which one holds."""
    other = theirs or article
    more |= {
        "theirs": other,
        "differences": compare(other, writing.words()),
        "anyway": stamp_of(article),
        "own": _is_own(article, theirs, signed_in(request)),
    }
    return show(request, article, writing, status=409, **more)


def _is_own(article: Article, theirs: Version | None, user: User) -> bool:
    """Say whether it was this editor who wrote what came in between: in another tab."""
    last = theirs or article.versions.published().first()
    return last is not None and last.written_by == user


def _arranged(request: HttpRequest, article: Article, writing: Writing, wish: Wish) -> list[Section]:
    """Give the parts as the button wants them: one taken away, or changed with its neighbour."""
    parts, n = writing.typed(), wish.n
    to = n + {"up": -1, "down": 1}.get(wish.verb, 0)
    if wish.verb in ("up", "down") and writing.may_move(n, to):
        parts[n], parts[to] = parts[to], parts[n]
    elif wish.verb == "remove" and writing.may_move(n, n):
        gone = parts.pop(n)
        request.session["removed_part"] = {"article": str(article.uuid), "n": n, "part": gone}
    return parts


def _offer(request: HttpRequest, article: Article, kept: Version) -> HttpResponse:
    """Offer the words that were kept, and no others that a colleague wrote since."""
    try:
        kept.submit(by=signed_in(request))
    except NotYet as why:
        known = find(article.uuid)
        return show(request, known, Writing(known), status=409, refused=str(why))
    article.lay_down(by=signed_in(request))
    here = reverse("knowledge:edit", args=[article.uuid])
    return done(request, here, message=_("Aangeboden. Een collega kan het nu goedkeuren."))


def _onward(request: HttpRequest, article: Article, wish: Wish, described: str) -> HttpResponse:
    """Go where the button leads, after all was kept; described says what became of the details, if anything."""
    here = reverse("knowledge:edit", args=[article.uuid])
    if wish.verb == "describe":
        return done(request, f"{here}#gegevens", message=described or _("Gegevens opgeslagen"))
    if wish.verb == "preview":
        return done(request, reverse("knowledge:preview", args=[article.uuid]))
    if wish.verb == "publish":
        return done(request, reverse("knowledge:publish", args=[article.uuid]))
    if wish.verb == "add":
        return done(request, f"{here}?part#nieuw-deel")
    if wish.verb == "source":
        return done(request, f"{here}?source#bronnen")
    if wish.verb == "remove" and wish.n >= 0:
        undo = reverse("knowledge:put_back", args=[article.uuid])
        return done(request, f"{here}#delen", message=_("Deel verwijderd"), undo=undo)
    if wish.verb in ("up", "down"):
        return done(request, f"{here}#deel-{wish.n + (1 if wish.verb == 'down' else -1)}")
    return done(request, here, message=described or _("Concept bewaard"))


@editors_only
@require_POST
def put_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the part back that was taken away last; it waits in the session for as long as that cannot be done."""
    article, user = find(uuid), signed_in(request)
    removed, here = _removed_part(request, article), reverse("knowledge:edit", args=[uuid])
    if removed is None:
        return done(request, f"{here}#delen")
    if not article.open_for(user):
        return locked(request, article, status=409)
    with transaction.atomic():
        version, words = Version.begin(article, by=user), Version()
        words.take(version)
        words.sections = [*words.sections[: removed["n"]], removed["part"], *words.sections[removed["n"] :]]
        if fits := len(words.sections) <= MOST_PARTS:
            version.write(words, by=user)
    if not fits:
        refused = _("Dit artikel heeft al %(n)d delen: er past geen deel meer bij.") % {"n": MOST_PARTS}
        return show(request, article, Writing(article), status=409, refused=refused)
    del request.session["removed_part"]
    return done(request, f"{here}#delen", message=_("Deel teruggezet"))


class Removed(TypedDict):
    """A part that was taken away, and where it stood."""

    article: str
    n: int
    part: Section


def _removed_part(request: HttpRequest, article: Article) -> Removed | None:
    """Give the part of this article that may still be put back."""
    removed = cast(Removed | None, request.session.get("removed_part"))
    return removed if removed is not None and removed["article"] == str(article.uuid) else None


@editors_only
@require_POST
def save(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what is typed: 204 with the time in X-Draft-Saved, 409 if a colleague was first, 422 if it is too long."""
    article, user = find(uuid), signed_in(request)
    writing = Writing(article, request.POST)
    if not writing.is_valid():
        return HttpResponse(status=422)
    if article.editor not in (None, user):
        return HttpResponse(status=409)
    offered = _is_offered(article)
    try:
        writing.keep(by=user)
    except Article.DoesNotExist:
        raise Http404 from None
    except Overtaken as overtaken:
        own = _is_own(article, overtaken.version, user)
        return HttpResponse(status=409, headers={"X-Draft-Conflict": "own"} if own else {})
    if offered:  # until these words nobody had it to write in
        article.open_for(user)
    article.renew(by=user)
    return HttpResponse(status=204, headers={"X-Draft-Saved": date_format(timezone.localtime(), "H:i")})


@editors_only
@require_GET
def hint(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show how easy the words read that were kept last; a page that asks is open, so its person writes in it."""
    article = find(uuid)
    _open(article, signed_in(request))
    context = standing(article, signed_in(request)) | {"reading": reading_ease.of(article.draft or article)}
    return render(request, "knowledge/_hint.html", context)


@editors_only
@require_POST
def take_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write in an article that a colleague has open; a part that could not be put back meanwhile is offered again."""
    article = find(uuid)
    article.take_over(by=signed_in(request))
    here = reverse("knowledge:edit", args=[uuid])
    if _removed_part(request, article) is None:
        return done(request, here)
    undo = reverse("knowledge:put_back", args=[uuid])
    return done(request, here, message=_("Een deel dat je verwijderde, is nog niet teruggezet"), undo=undo)


@editors_only
@require_POST
def lay_down(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let others write in an article again: its page was left."""
    find(uuid).lay_down(by=signed_in(request))
    return HttpResponse(status=204)


@editors_only
@require_POST
def describe(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have other facts about an article, besides its words."""
    article = find(uuid)
    if "parts" in request.POST:  # all of the page came along
        return _keep(request, article, Wish("describe"))
    form = DetailsForm(request.POST, article=article)
    if not form.is_valid():
        return show(request, article, Writing(article), status=form.status, details=form)
    here = reverse("knowledge:edit", args=[uuid])
    return done(request, f"{here}#gegevens", message=_describe(request, article, form))


@editors_only
@require_POST
def translate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin a translation of an article with its own words, to be overwritten."""
    article = find(uuid)
    form = TranslateForm(request.POST, article=article)
    if not form.is_valid():
        return show(request, article, Writing(article), status=422, translate_form=form)
    source = article.original or article
    about = {name: getattr(source, name) for name in ("kind", "audience", "topic", "product", "team", "internal")}
    article.lay_down(by=signed_in(request))
    version = Version.first(
        uuid=uuid4(), title=source.title, by=signed_in(request), original=source,
        language=form.cleaned_data["language"], **about,
    )  # fmt: skip
    return done(request, reverse("knowledge:edit", args=[version.article.uuid]), message=_("Vertaling begonnen"))


@editors_only
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """Give the products of the UPL with these words, for a list to choose from."""
    found = Product.objects.choosable().named(request.GET.get("q", ""))[:OFFERED]
    return render(request, "knowledge/_product_options.html", {"found": found})
