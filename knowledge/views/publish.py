"""The way of a version to its readers: looked at, approved by a colleague, published; and back again."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import done, editors_only, signed_in
from knowledge import prose
from knowledge.difference import compare
from knowledge.forms.edit import Writing
from knowledge.forms.publish import PublishForm, SeenForm, SendBackForm
from knowledge.models import Article, NotYet, Version
from knowledge.models.markup import join
from knowledge.models.text import MOST_WORDS
from knowledge.views.edit import find, locked, show


@editors_only
@require_GET
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an article as its readers will: colleagues see all of it, citizens the public parts."""
    article = find(uuid)
    version = article.draft or article
    public = request.GET.get("as") == "public"
    html = join(version.public_sections if public else version.sections)
    last = article.versions.published().first()
    context = {
        "article": article, "version": version, "prose": prose.render(html), "public": public,
        "differences": compare(last, version) if last and last != version else [],
        "last": last,
        "may_approve": isinstance(version, Version) and version.may_be_approved_by(signed_in(request)),
        "send_back_form": SendBackForm(),
    }  # fmt: skip
    return render(request, "knowledge/preview.html", context)


@editors_only
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let readers read the concept of an article, now or later; what is not ready says why."""
    article, version = _opened(uuid)
    form = PublishForm(request.POST if request.method == "POST" else None, initial={"seen": version.stamp})
    if request.method != "POST":
        return _publishing(request, article, version, form, _faults(version))
    if not form.is_valid():
        return _publishing(request, article, version, form, _faults(version), status=422)
    data, faults = form.cleaned_data, _faults(version)
    if data["seen"] and data["seen"] != version.stamp:
        faults = [_changed()]
    how = {"summary": data["summary"], "announced": form.announced, "by": signed_in(request)}
    try:
        if faults:
            raise NotYet(faults[0])
        if data["when"] == PublishForm.LATER:
            version.schedule(data["moment"], **how)
        else:
            version.publish(**how)
    except NotYet as why:
        return _publishing(request, article, version, form, [*faults[1:], str(why)], status=422)
    article.lay_down(by=signed_in(request))
    if data["when"] == PublishForm.LATER:
        moment = date_format(timezone.localtime(data["moment"]), "j F H:i")
        return done(request, _edit(uuid), message=_("Wordt gepubliceerd op %(moment)s") % {"moment": moment})
    return done(request, article.get_absolute_url(), message=_("Gepubliceerd"))


def _publishing(
    request: HttpRequest, article: Article, version: Version, form: PublishForm, faults: list[str], status: int = 200
) -> HttpResponse:
    context = {"article": article, "version": version, "form": form, "faults": faults}
    context["needs_approval"] = version.needs_approval
    return render(request, "knowledge/publish.html", context, status=status)


def _faults(version: Version) -> list[str]:
    """Give why readers cannot have these words yet."""
    found = []
    if not version.title.strip():
        found.append(_("Dit artikel heeft nog geen titel."))
    if not version.short_answer.strip():
        found.append(_("Dit artikel heeft nog geen kort antwoord."))
    if version.words > MOST_WORDS:
        words = {"n": version.words, "most": MOST_WORDS}
        found.append(_("Het korte antwoord heeft %(n)d woorden. Gebruik er hooguit %(most)d.") % words)
    return found


@editors_only
@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Approve the words that were looked at."""
    article, version = _opened(uuid)
    if not _saw(request, version):
        return _refused(request, article, _changed(), status=409)
    try:
        if not version.approve(by=signed_in(request)) and version.approved_at is None:
            return _refused(request, article, _changed(), status=409)
    except NotYet as why:
        return _refused(request, article, str(why))
    article.lay_down(by=signed_in(request))  # who looked is not who writes
    message = _("Goedgekeurd. Je kunt het nu publiceren.")
    return done(request, reverse("knowledge:publish", args=[uuid]), message=message)


@editors_only
@require_POST
def send_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a version back to its writer with a remark."""
    article, version = _opened(uuid)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return show(request, article, Writing(article), status=422, send_back_form=form)
    if not _saw(request, version):
        return show(request, article, Writing(article), status=409, send_back_form=form, refused=_changed())
    remark = form.cleaned_data["remark"]
    if not version.send_back(remark, by=signed_in(request)) and version.remark != remark:
        why = _("Dit ligt niet meer ter goedkeuring. Je opmerking is niet verstuurd: %(remark)s")
        return _refused(request, article, why % {"remark": remark}, status=409)
    article.lay_down(by=signed_in(request))
    return done(request, article.get_absolute_url(), message=_("Teruggegeven"))


@editors_only
@require_POST
def hold(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Publish a version not by itself after all."""
    article, version = _opened(uuid)
    late = _too_late(request, article, version)
    if late is not None:
        return late
    version.hold()
    return done(request, _edit(uuid), message=_("Wordt niet meer vanzelf gepubliceerd"))


@editors_only
@require_POST
def drop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the concept of an article away; a second time changes nothing."""
    article = find(uuid)
    version, stays = article.draft, article.published_at is not None
    late = _too_late(request, article, version)
    if late is not None:
        return late
    try:
        if version is not None:
            version.drop(by=signed_in(request))
    except NotYet as why:
        return _refused(request, article, str(why))
    article.lay_down(by=signed_in(request))
    url = article.get_absolute_url() if stays else reverse("knowledge:search")
    request.session["saved_article"] = reverse("knowledge:save", args=[uuid])
    return done(request, url, message=_("Concept weggegooid"))


@editors_only
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an article away from its readers."""
    return _acted(request, uuid, lambda article: article.withdraw(), _("Ingetrokken"))


@editors_only
@require_POST
def bring_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an article again that was withdrawn."""
    return _acted(request, uuid, lambda article: article.bring_back(), _("Teruggezet"))


@editors_only
@require_POST
def check_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down that an article was checked and is right."""
    by = signed_in(request)
    return _acted(request, uuid, lambda article: article.check_again(by=by), _("Gecontroleerd"))


def _acted(request: HttpRequest, uuid: UUID, act: Callable[[Article], None], message: str) -> HttpResponse:
    act(find(uuid))
    return done(request, _edit(uuid), message=message)


def _changed() -> str:
    return _("Een collega heeft de tekst intussen gewijzigd. Bekijk die eerst.")


def _saw(request: HttpRequest, version: Version) -> bool:
    """Say whether the page that was sent showed these words."""
    form = SeenForm(request.POST)
    return form.is_valid() and form.cleaned_data["seen"] in ("", version.stamp)


def _too_late(request: HttpRequest, article: Article, version: Version | None) -> HttpResponse | None:
    """Give the answer to a page that would undo what a colleague wrote since, or writes now; none when it would not."""
    user = signed_in(request)
    if article.editor not in (None, user):
        return locked(request, article, status=409)
    if version is None or version.written_by == user or _saw(request, version):
        return None
    return _refused(request, article, _changed(), status=409)


def _refused(request: HttpRequest, article: Article, why: str, *, status: int = 422) -> HttpResponse:
    return show(request, article, Writing(article), status=status, refused=why)


def _opened(uuid: UUID) -> tuple[Article, Version]:
    """Give an article and what is being written for it; without that there is nothing here."""
    article = find(uuid)
    version = get_object_or_404(article.versions.open().with_article())
    version.article = article
    return article, version


def _edit(uuid: UUID) -> str:
    return reverse("knowledge:edit", args=[uuid])
