"""What is done with several cases at once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import answer, came_from, done, signed_in
from accounts.models import User
from contacts.forms.case import BulkForm
from contacts.models.case_batch import CaseBatch, Done
from contacts.views.undo import remember


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing with every case that was ticked, and say with how many it could not be done."""
    user, form = signed_in(request), BulkForm(request.POST, user=signed_in(request))
    batch = CaseBatch.take(form.chosen, by=user)
    if not form.is_valid():
        context = {"form": form, "rows": batch.rows, "next": came_from(request, reverse("contacts:cases"))}
        return answer(request, "contacts/bulk.html", "contacts/_bulk.html", context, status=422)
    result = _do(batch, form.cleaned_data, user)
    return done(
        request,
        came_from(request, reverse("contacts:cases")),
        message=_told(form.cleaned_data, result),
        undo=remember(request, result.undo),
    )


def _do(batch: CaseBatch, data: dict[str, Any], by: User) -> Done:
    if data["action"] == "assign":
        return batch.assign(to=data["who"], by=by)
    if data["action"] == "topic":
        return batch.choose_topic(data["topic"], by=by)
    if data["action"] == "merge":
        return batch.merge(by=by)
    if data["action"] == "snooze":
        return batch.snooze(until=data["when"], reason=data["reason"], by=by)
    return batch.close(result=data["result"], by=by) if data["action"] == "close" else batch.spam(by=by)


def _told(data: dict[str, Any], result: Done) -> str:
    """Say for how many it was done, and for how many it was not."""
    n, left = result.count, result.skipped
    words = {
        "assign": ngettext("%(n)d bericht toegewezen", "%(n)d berichten toegewezen", n),
        "topic": ngettext("Onderwerp van %(n)d bericht gekozen", "Onderwerp van %(n)d berichten gekozen", n),
        "merge": ngettext("%(n)d zaak samengevoegd", "%(n)d zaken samengevoegd", n),
        "snooze": ngettext("%(n)d bericht uitgesteld", "%(n)d berichten uitgesteld", n),
        "close": ngettext("%(n)d zaak gesloten", "%(n)d zaken gesloten", n),
        "spam": ngettext("%(n)d bericht gemarkeerd als spam", "%(n)d berichten gemarkeerd als spam", n),
    }
    said = [words[data["action"]] % {"n": n}] if n or not left else []
    if left and data["action"] == "merge":
        said.append(_("%(n)d overgeslagen: van een andere klant of intussen gesloten") % {"n": left})
    elif left:
        said.append(_("%(n)d overgeslagen: intussen gesloten of niet van jouw afdeling") % {"n": left})
    return ". ".join(said)
