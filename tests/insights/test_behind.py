"""The red line for team leads: since when reminders are not looked after."""

from datetime import timedelta

from django.utils import timezone

from accounts.memory import forget_everything
from contacts.models import Heartbeat, Outcome
from tests import make

WORDS = "Herinneringen lopen achter sinds"


def page(browser, path="/insights/callbacks/"):
    forget_everything()
    return browser.get(path).content.decode()


def test_the_dashboard_says_since_when_reminders_are_not_looked_after(office, kees, as_user):
    browser = as_user(kees)
    assert WORDS not in page(browser)
    since = timezone.now() - timedelta(seconds=50)
    Heartbeat.objects.create(name="remind", last_begin=since, last_ok=since)
    assert f"{timezone.localtime(since):%H:%M}</time>." in page(browser)
    assert WORDS not in page(browser, "/")
    renewed = browser.get("/insights/callbacks/", headers={"HX-Request": "true"}).content.decode()
    assert renewed.count('hx-swap-oob="true"') == renewed.count(WORDS) == 1
    Heartbeat.objects.update(last_ok=timezone.now())
    assert WORDS not in page(browser)


def test_so_it_does_when_a_reminder_waits_too_long(office, kees, parkeren, jansen, as_user):
    callback = make.callback(make.contact(jansen, outcome=Outcome.CALLBACK))
    since = timezone.now() - timedelta(seconds=70)
    callback.reminders.filter(occurrence="new").update(due_at=since)
    assert f"{timezone.localtime(since):%H:%M}</time>." in page(as_user(kees))
