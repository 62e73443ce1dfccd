"""The way of a version to its readers: looked at, approved by a colleague, published; and back again."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import done, editors_only, signed_in
from accounts.models import User
from knowledge import prose
from knowledge.difference import compare, differs
from knowledge.forms.edit import Writing
from knowledge.forms.publish import PublishForm, SeenForm, SendBackForm
from knowledge.models import Article, Changed, NotYet, Version
from knowledge.models.four_eyes import GONE
from knowledge.models.markup import join
from knowledge.models.text import MOST_WORDS
from knowledge.views.edit import find, locked, show

MOST_NAMES = 3  # of colleagues who can approve


@editors_only
@require_GET
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an article as its readers will: colleagues see all of it, citizens the public parts."""
    article = find(uuid)
    version = article.draft or article
    public = request.GET.get("as") == "public"
    html = join(version.public_sections if public else version.sections)
    last = article.versions.published().first()
    differences = compare(last, version) if last and last != version else []
    context = {
        "article": article, "version": version, "prose": prose.render(html), "public": public,
        "differences": differences, "differs": differs(differences), "last": last,
        "may_approve": isinstance(version, Version) and version.may_be_approved_by(signed_in(request)),
        "objection": version.objection(signed_in(request)) if isinstance(version, Version) else "",
        "send_back_form": SendBackForm(),
    }  # fmt: skip
    return render(request, "knowledge/preview.html", context)


@editors_only
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let readers read the concept of an article, now or later; what is not ready says why."""
    article, version = _opened(uuid)
    if version.needs_approval:
        return _waiting(request, article, version)
    form, faults = PublishForm(request.POST if request.method == "POST" else None), _faults(version)
    if request.method != "POST":
        return _publishing(request, article, version, form, faults)
    if not _saw(request, version):
        return _publishing(request, article, version, form, [str(Changed())], status=409)
    if faults or not form.is_valid():
        return _publishing(request, article, version, form, faults, status=422)
    data = form.cleaned_data
    how = {"summary": data["summary"], "announced": form.announced, "by": signed_in(request)}
    try:
        if data["when"] == PublishForm.LATER:
            version.schedule(data["moment"], **how)
        else:
            version.publish(**how)
    except NotYet as why:
        return _publishing(request, article, version, form, [str(why)], status=_status_of(why))
    article.lay_down(by=signed_in(request))
    if data["when"] == PublishForm.LATER:
        moment = date_format(timezone.localtime(data["moment"]), "j F H:i")
        message = _("Wordt gepubliceerd op %(moment)s") % {"moment": moment}
        return done(request, reverse("knowledge:preview", args=[uuid]), message=message)
    return done(request, article.get_absolute_url(), message=_("Gepubliceerd"))


def _publishing(
    request: HttpRequest, article: Article, version: Version, form: PublishForm, faults: list[str], status: int = 200
) -> HttpResponse:
    context = {"article": article, "version": version, "form": form, "faults": faults, "stale": status == 409}
    return render(request, "knowledge/publish.html", context, status=status)


def _waiting(
    request: HttpRequest, article: Article, version: Version, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """Show what must happen before this can be published: offered, or approved, and by whom."""
    user = signed_in(request)
    status = 422 if request.method == "POST" and status == 200 else status
    offers = version.may_be_offered_by(user)
    context = {
        "article": article, "version": version, "faults": _faults(version) if faults is None else faults,
        "offers": offers, "may_approve": version.submitted_at is not None and version.may_be_approved_by(user),
        "objection": version.objection(user) if version.submitted_at is not None else "",
        "approvers": _names(version.approvers(submitter=user.pk if offers else version.submitted_by_id)),
        "wrote": user.pk in version.authors, "stale": status == 409,
    }  # fmt: skip
    return render(request, "knowledge/publish_waits.html", context, status=status)


def _names(people: list[User]) -> str:
    """Give who these are, when they are few; else that it is one of them."""
    if len(people) > MOST_NAMES:
        return _("een andere redacteur")
    return (" " + _("of") + " ").join(person.short_name for person in people)


@editors_only
@require_POST
def submit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer what was kept last for approval; what is not good enough for readers is not offered."""
    article, version = _opened(uuid)
    if article.editor not in (None, signed_in(request)):
        return locked(request, article, status=409)
    if not _saw(request, version):
        return _waiting(request, article, version, [str(Changed())], status=409)
    if _faults(version):
        return _waiting(request, article, version)
    try:
        version.submit(by=signed_in(request))
    except NotYet as why:
        return _refused(request, article, why)
    article.lay_down(by=signed_in(request))
    if version.approved_at is not None:
        return _to_publish(request, uuid)
    return done(request, _edit(uuid), message=_("Aangeboden. Een collega kan het nu goedkeuren."))


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
        return _refused(request, article, Changed())
    try:
        if not version.approve(by=signed_in(request)) and version.approved_at is None:
            raise Changed
    except NotYet as why:
        return _refused(request, article, why)
    article.lay_down(by=signed_in(request))  # who looked is not who writes
    return _to_publish(request, uuid)


def _to_publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
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
    if version.state != "draft" and not _saw(request, version):
        return show(request, article, Writing(article), status=409, send_back_form=form, refused=str(Changed()))
    remark = form.cleaned_data["remark"]
    try:
        given = version.send_back(remark, by=signed_in(request))
    except NotYet:  # published, put aside or rewritten since this began
        given = False
    if not given and not (version.is_open and version.remark == remark):
        why = _("Dit ligt niet meer ter goedkeuring. Je opmerking is niet verstuurd: %(remark)s")
        return _refused(request, article, NotYet(why % {"remark": remark}), status=409)
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
    try:
        version.hold(by=signed_in(request))
        if not version.is_open:
            raise NotYet(str(GONE))
    except NotYet as why:
        return _refused(request, article, why, status=409)
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
        return _refused(request, article, why)
    article.lay_down(by=signed_in(request))
    url = article.get_absolute_url() if stays else reverse("knowledge:search")
    request.session["saved_article"] = reverse("knowledge:save", args=[uuid])
    return done(request, url, message=_("Concept weggegooid"))


@editors_only
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an article away from its readers."""
    if not find(uuid).withdraw(by=signed_in(request)):
        raise Http404
    return done(request, _edit(uuid), message=_("Ingetrokken"))


@editors_only
@require_POST
def bring_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show an article again that was withdrawn."""
    find(uuid).bring_back()
    return done(request, _edit(uuid), message=_("Teruggezet"))


def _saw(request: HttpRequest, version: Version) -> bool:
    """Say whether the page that was sent showed these words; one that does not say which did not."""
    form = SeenForm(request.POST)
    return form.is_valid() and form.cleaned_data["seen"] == version.stamp


def _too_late(request: HttpRequest, article: Article, version: Version | None) -> HttpResponse | None:
    """Give the answer to a page that would undo what a colleague wrote since, or writes now; none when it would not."""
    user = signed_in(request)
    if article.editor not in (None, user):
        return locked(request, article, status=409)
    if version is None or version.written_by == user or _saw(request, version):
        return None
    return _refused(request, article, Changed())


def _refused(request: HttpRequest, article: Article, why: NotYet, *, status: int = 422) -> HttpResponse:
    """Show an article as it is by now, and why nothing was done."""
    known = find(article.uuid)
    return show(request, known, Writing(known), status=_status_of(why, status), refused=str(why))


def _status_of(why: NotYet, otherwise: int = 422) -> int:
    """Give how an answer says that nothing was done: 409 when something else stands there than the page showed."""
    return 409 if isinstance(why, Changed) else otherwise


def _opened(uuid: UUID) -> tuple[Article, Version]:
    """Give an article and what is being written for it; without that there is nothing here."""
    article = find(uuid)
    version = get_object_or_404(article.versions.open().with_article())
    version.article = article
    return article, version


def _edit(uuid: UUID) -> str:
    return reverse("knowledge:edit", args=[uuid])
