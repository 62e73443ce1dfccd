"""The style guide: every component in all its states on one page, for who builds screens (only with KCC_DEBUG)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

OUTCOMES = [("a", "Direct beantwoord"), ("b", "Doorverbonden"), ("c", "Terugbelverzoek"), ("d", "Zaak")]


class Sample(forms.Form):
    """One field of each kind."""

    text = forms.CharField(label="Vraag en antwoord", widget=forms.Textarea(attrs={"rows": 2}))
    topic = forms.ChoiceField(label="Onderwerp", choices=[("1", "Parkeren: bezwaar"), ("2", "Afval: grofvuil")])
    number = forms.CharField(label="Terugbelnummer", help_text="Met netnummer")
    urgent = forms.BooleanField(label="Spoed", required=False)
    outcome = forms.ChoiceField(label="Afhandeling", widget=forms.RadioSelect, choices=OUTCOMES)


PIECES: dict[str, Any] = {
    "marks": [{"at": 52.8, "label": "Klant belde opnieuw 10:42", "late": True}],
    "tabs": [
        {"url": "#", "label": "Mijn", "count": 0},
        {"url": "#", "label": "Alle", "count": 77, "current": True},
        {"url": "#", "label": "Te laat", "count": 3, "late": True},
    ],
    "chips": [
        {"url": "#", "label": "Alles", "on": True},
        {"url": "#", "label": "Telefoon", "count": 5, "channel": "phone"},
        {"url": "#", "label": "E-mail", "count": 3, "channel": "email"},
    ],
    "options": [
        {"value": 1, "label": "Over 1 uur", "sub": "vandaag 16:12", "checked": True},
        {"value": 2, "label": "Morgenochtend", "sub": "wo 09:00, niet bereikbaar"},
    ],
    "log": [
        {"icon": "flag", "kind": "warn", "text": "Spoed gegeven door S. de Wit", "time": "10:42"},
        {"icon": "phone-x", "channel": "phone", "text": "Poging 1: geen gehoor", "time": "09:30"},
    ],
    "series": [{"key": "late", "label": "Te laat"}, {"key": "ontime", "label": "Op tijd"}],
    "columns": [{"label": "Te laat"}, {"label": "Open"}],
    "rows": [
        {
            "label": "Parkeren",
            "url": "#",
            "bars": [{"key": "late", "x": 0, "width": 16.1}, {"key": "ontime", "x": 16.5, "width": 60}],
            "figures": [{"n": 3, "css": "t-bad"}, {"n": 18}],
        }
    ],
    "icons": ["phone", "mail", "building-community", "clock-exclamation", "check", "alert-triangle", "info-circle"],
}


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the components, right and wrong, in the theme that is chosen."""
    wrong = Sample({"text": "", "number": "", "outcome": "c"})
    wrong.is_valid()
    form = Sample(initial={"outcome": "c", "topic": "1"})
    return render(request, "stijlgids.html", {"form": form, "wrong": wrong} | PIECES)
