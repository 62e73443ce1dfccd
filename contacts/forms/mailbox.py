"""A mailbox, as the functional administrator sets it up: its secret goes in and never comes out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from contacts.models import Mailbox

SET, UNSET = _("Ingesteld. Leeg laten: blijft zoals het is."), _("Nog niet ingesteld.")
OAUTH = Mailbox.SignIn.OAUTH


class SecretField(forms.CharField):
    """A word that is taken and never shown again."""

    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=4000, strip=False, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.isprintable():
            raise ValidationError(_t("Een geheim heeft geen regeleinden of onzichtbare tekens."))
        return text


class MailboxForm(forms.ModelForm):
    """Where a mailbox is, whose it is, and how it answers."""

    oauth_token_url = forms.URLField(label=_("adres voor toegangstokens"), required=False, assume_scheme="https")
    secret = SecretField(label=_("wachtwoord, of client-geheim bij OAuth2"))
    refresh_token = SecretField(label=_("vernieuwingstoken (alleen OAuth2)"))
    forget_secret = forms.BooleanField(label=_("geheimen wissen"), required=False)

    class Meta:
        model = Mailbox
        fields = [
            "address", "name", "aliases", "team", "topic", "follow_up", "follow_up_days", "reply_to_is_sender",
            "acknowledge", "acknowledgement", "host", "port", "security", "username", "sign_in", "oauth_token_url",
            "oauth_client_id", "oauth_scope", "folder", "done_folder", "closed_at",
        ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own, refresh = self._known()
        for name, known in (("secret", own), ("refresh_token", refresh)):
            if name in self.fields:
                self.fields[name].help_text = SET if known else UNSET

    def _known(self) -> tuple[str, str]:
        """Give the secrets this mailbox has: the password or client secret, and the refresh token."""
        own, _line, refresh = self.instance.secret.partition("\n")
        return own, refresh

    def _post_clean(self) -> None:
        """Put the secrets onto the mailbox before it is judged as a whole."""
        typed = self.cleaned_data
        own, refresh = ("", "") if typed.get("forget_secret") else self._known()
        own, refresh = typed.get("secret") or own, typed.get("refresh_token") or refresh
        oauth = typed.get("sign_in") == OAUTH
        new = f"{own}\n{refresh}" if oauth and refresh else own
        if new != self.instance.secret:
            self.instance.set_secret(new)
        super()._post_clean()  # type: ignore[misc]
