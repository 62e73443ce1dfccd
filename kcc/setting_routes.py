"""The settings of the office under one address; each room keeps the screens of its own nouns."""

from django.urls import path

from accounts.views import absence, hours
from callbacks.views import policies, teams
from contacts.views import norms, questions
from kcc import section
from knowledge.views import policy

app_name = "settings"
urlpatterns = [
    path("", section.start, name="start"),
    path("norms/", norms.norms, name="norms"),
    path("norms/preview/", norms.preview, name="norms_preview"),
    path("norms/withdraw/", norms.withdraw, name="withdraw_norm"),
    path("policy/", policies.policy, name="policy"),
    path("policy/preview/", policies.preview, name="policy_preview"),
    path("policy/<uuid:uuid>/", policies.policy, name="policy_of"),
    path("policy/<uuid:uuid>/preview/", policies.preview, name="policy_preview_of"),
    path("policy/<uuid:uuid>/follow/", policies.follow, name="follow_policy"),
    path("editorial/", policy.policy, name="editorial"),
    path("hours/", hours.hours, name="hours"),
    path("hours/preview/", hours.preview, name="hours_preview"),
    path("days/", hours.add_day, name="add_day"),
    path("days/preview/", hours.preview_day, name="day_preview"),
    path("days/remove/", hours.remove_day, name="remove_day"),
    path("questions/", questions.questions, name="questions"),
    path("questions/new/", questions.create, name="create_question"),
    path("questions/<uuid:uuid>/", questions.question, name="question"),
    path("questions/<uuid:uuid>/move/", questions.move, name="move_question"),
    path("questions/<uuid:uuid>/withdraw/", questions.withdraw, name="withdraw_question"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.create, name="create_team"),
    path("teams/<uuid:uuid>/", teams.team, name="team"),
    path("teams/<uuid:uuid>/end/", teams.end, name="end_team"),
    path("absence/", absence.absence, name="absence"),
    path("absence/own/", absence.own, name="own_absence"),
    path("absence/preview/", absence.preview, name="absence_preview"),
    path("absence/end/", absence.end, name="end_absence"),
    path("absence/back/", absence.back, name="back"),
]
