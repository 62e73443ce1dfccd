"""The settings of what forms ask besides the message."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import administrators_only, done
from contacts.forms.question import MoveForm, QuestionForm
from contacts.models import Question
from contacts.models.question import forget_questions

ROWS = 500


@require_GET
@administrators_only
def questions(request: HttpRequest) -> HttpResponse:
    """Show what is asked, by topic and department, in order."""
    rows = list(Question.objects.for_list()[:ROWS])
    context = {
        "section": "questions",
        "questions": [row for row in rows if row.closed_at is None],
        "withdrawn": [row for row in rows if row.closed_at is not None],
    }
    return render(request, "settings/questions.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def create(request: HttpRequest) -> HttpResponse:
    """Let a new question be asked."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@administrators_only
def question(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show one question and change it."""
    return _edit(request, get_object_or_404(Question.objects.select_related("topic", "team"), uuid=uuid))


@require_POST
@administrators_only
def move(request: HttpRequest, uuid: str) -> HttpResponse:
    """Ask a question earlier or later."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    row = get_object_or_404(Question, uuid=uuid)
    moved = row.move(up=form.cleaned_data["to"] == "up")
    message = _("De volgorde is opgeslagen.") if moved else _("Deze vraag kan niet verder die kant op.")
    return done(request, reverse("settings:questions") + f"#vraag-{row.uuid}", message=message)


@require_POST
@administrators_only
def withdraw(request: HttpRequest, uuid: str) -> HttpResponse:
    """Ask a question no more, or again after all."""
    row = get_object_or_404(Question, uuid=uuid)
    if row.closed_at is None:
        row.withdraw()
        message = _("De vraag wordt niet meer gesteld.")
    else:
        row.restore()
        message = _("De vraag wordt weer gesteld.")
    return done(request, reverse("settings:questions"), message=message)


def _edit(request: HttpRequest, row: Question | None) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        forget_questions()
        return done(request, reverse("settings:questions"), message=_("Opgeslagen"))
    return render(
        request, "settings/question.html", {"section": "questions", "form": form, "row": row}, status=form.status
    )
