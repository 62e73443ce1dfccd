"""A choice out of rows that are known by their uuid."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model


class UuidChoiceField(forms.ModelChoiceField):
    """One row by its uuid; whatever else is sent is no choice, and is not said back."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset=queryset, to_field_name="uuid", **options)

    def to_python(self, value: Any) -> Model | None:
        try:
            found: Model | None = super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None
        return found
