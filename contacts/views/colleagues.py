"""Who can be put through to: the colleagues of a department, and whether they take calls now."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import agents_only, answer
from accounts.models import User
from contacts.models import Call
from contacts.models.topic import choosable_topics

SHOWN = 15
LONGEST = 80


@agents_only
@require_GET
def available(request: HttpRequest) -> HttpResponse:
    """Show the colleagues that were searched for; before that, those of the department the topic implies."""
    query = request.GET.get("q", "")[:LONGEST].strip()
    chosen = request.GET.get("topic", "")
    topic = next((one for one in choosable_topics() if str(one.uuid) == chosen), None)
    team = topic.team if topic and not query else None
    now = timezone.now()
    context = {
        "people": User.objects.colleagues(query, team=team)[:SHOWN],
        "calling": Call.objects.people_in_one(now=now),
        "today": timezone.localdate(now),
        "team": team,
        "query": query,
    }
    return answer(request, "contacts/colleagues.html", "contacts/_colleagues.html", context)
