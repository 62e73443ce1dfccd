"""What is done with a case."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CloseForm(forms.Form):
    result = forms.CharField(label=_("Resultaat"), max_length=200)
