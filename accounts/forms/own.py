"""What a colleague sets for themselves."""

from django import forms

from accounts.models import User


class SettingsForm(forms.ModelForm):
    """Language, theme, density and shortcuts of one colleague."""

    class Meta:
        model = User
        fields = ["language", "theme", "density", "shortcuts"]


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=User.Theme)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=User.Language)


class AvailabilityForm(forms.Form):
    """Empty is available."""

    away = forms.ChoiceField(choices=[("", ""), *User.Away.choices], required=False)
