"""A connection to an outside network, as the functional administrator sets it up: secrets go in and never come out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.models import Connection

KIND = Connection.Kind
META = {KIND.WHATSAPP, KIND.MESSENGER, KIND.INSTAGRAM}
KEEP = _("Leeg laten: blijft zoals het is.")
SECRETS = {  # name: its label, and the kinds of connection that have it
    "app_secret": (_("App-geheim van Meta"), META),
    "verify_token": (_("Controlewoord (verify token)"), META),
    "access_token": (_("Toegangstoken"), META | {KIND.MASTODON}),
}


class SecretField(forms.CharField):
    """A word that is taken and never shown again."""

    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=1000, help_text=KEEP, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if any(not sign.isprintable() or sign.isspace() for sign in text):
            raise ValidationError(_t("Een geheim heeft geen spaties of regeleinden."))
        return text


class AddressField(forms.URLField):
    """An address; https when that is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", **options)


class ConnectionForm(forms.ModelForm):
    """What the kind of connection needs; the kind itself is chosen once."""

    app_secret = SecretField(label=SECRETS["app_secret"][0])
    verify_token = SecretField(label=SECRETS["verify_token"][0])
    access_token = SecretField(label=SECRETS["access_token"][0])

    class Meta:
        model = Connection
        fields = [
            "kind", "name", "external_id", "base_url", "team", "topic", "allowed_addresses", "character_limit",
            "closed_at",
        ]  # fmt: skip
        field_classes = {"base_url": AddressField}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind = self.instance.kind or cleaned.get("kind")
        if kind == KIND.MASTODON and not cleaned.get("base_url"):
            self.add_error("base_url", _t("Vul het adres van de Mastodon-server in, zoals https://social.overheid.nl."))
        if kind == KIND.WHATSAPP and not cleaned.get("external_id"):
            self.add_error("external_id", _t("Vul de id van het telefoonnummer in (Phone number ID)."))
        has = self.instance.secrets if self.instance.pk else {}
        for name, (_label, kinds) in SECRETS.items():
            if kind in kinds and not cleaned.get(name) and not has.get(name):
                self.add_error(name, _t("Dit geheim is nog niet ingevuld."))
        return cleaned

    def typed_secrets(self) -> dict[str, str]:
        """Give the secrets that were typed and belong to this kind of connection."""
        kind = self.instance.kind
        return {name: self.cleaned_data[name] for name, (_label, kinds) in SECRETS.items()
                if kind in kinds and self.cleaned_data.get(name)}  # fmt: skip
