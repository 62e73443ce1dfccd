"""Form controls of this house."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Hinted(str):
    """The label of a choice, with what that choice means besides: the department of a topic."""

    hint: str

    def __new__(cls, label: str, hint: str) -> "Hinted":
        made = super().__new__(cls, label)
        made.hint = hint
        return made


class LongSelect(forms.Select):
    """A select for long lists: the same HTML as Django's, without rendering a template for every option.

    A label that is Hinted brings a second word with it, which the combobox shows beside it.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(value)} if value not in (None, "") else {""}
        parts = []
        for key, label in self.choices:
            if isinstance(label, list | tuple):
                options = format_html_join("", "{}", ((self._option(one, words, chosen),) for one, words in label))
                parts.append((format_html('<optgroup label="{}">{}</optgroup>', key, options),))
            else:
                parts.append((self._option(key, label, chosen),))
        final = forms.utils.flatatt(self.build_attrs(self.attrs, attrs or {}))
        return format_html('<select name="{}"{}>{}</select>', name, final, format_html_join("", "{}", parts))

    @staticmethod
    def _option(value: Any, label: Any, chosen: set[str]) -> SafeString:
        selected = " selected" if str(value) in chosen else ""
        if hint := getattr(label, "hint", ""):
            return format_html('<option value="{}"{} data-hint="{}">{}</option>', value, selected, hint, label)
        return format_html('<option value="{}"{}>{}</option>', value, selected, label)


class RevealingSelect(forms.Select):
    """A select of which a choice shows a part of its form: reveals gives the name of that part, by choice."""

    def __init__(self, reveals: Mapping[str, str]) -> None:
        super().__init__()
        self.reveals = reveals

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if part := self.reveals.get(str(value)):
            option["attrs"]["data-reveals"] = part
        return option
