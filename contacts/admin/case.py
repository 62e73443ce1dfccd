from django.contrib import admin

from contacts.admin.register import Citizens
from contacts.models import Case


@admin.register(Case)
class CaseAdmin(Citizens):
    list_display = ["reference", "title", "customer", "team", "assignee", "due_at", "closed_at"]
    list_filter = ["team", ("closed_at", admin.EmptyFieldListFilter), "priority"]
    list_select_related = ["customer", "team", "assignee"]
    search_fields = ["reference__exact"]
