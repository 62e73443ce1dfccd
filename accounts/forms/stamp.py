"""A form of which the page may be older than what it changes: two administrators at once."""

import json
from hashlib import sha256
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _


def stamp_of(known: Any) -> str:
    """Give a short word that is another one as soon as anything in these values is."""
    return sha256(json.dumps(known, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()[:16]


def saved(form: Any) -> bool:
    """Save a valid form; when somebody else made the same a moment ago, it says so and is not saved."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error(None, _("Een ander heeft net hetzelfde ingevoerd. Vernieuw de pagina en kijk het na."))
        return False
    return True


class Stamped(forms.Form):
    """Remembers what the page showed; when that changed meanwhile the form is stale, and says so before it overwrites.

    Sent a second time, with the stamp of the page that said so, it is saved.
    """

    stamp = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    is_stale = False

    def known(self) -> Any:
        """Give the values that this form overwrites, as they are now."""
        raise NotImplementedError

    @property
    def fresh_stamp(self) -> str:
        """Give the stamp that the page carries from now on."""
        return stamp_of(self.known())

    def check_stamp(self) -> None:
        """Refuse a form whose page is older than what it overwrites; a form without a stamp comes from no page."""
        sent = self.cleaned_data.get("stamp")
        if sent and sent != self.fresh_stamp:
            self.is_stale = True
            self.add_error(
                None,
                _("Een ander heeft dit intussen gewijzigd. Kijk na wat je invulde. Sla je weer op, dan geldt dat."),
            )

    @property
    def differences(self) -> list[tuple[str, Any]]:
        """Give the label and what is kept now, of every field in which something else was filled in."""
        changed = [name for name in self.changed_data if name != "stamp"]
        return [(str(self.fields[name].label), self.initial.get(name)) for name in changed]

    @property
    def status(self) -> int:
        """Give how an answer with this form says what is wrong with it: 409 for a stale page, else 422."""
        return 409 if self.is_stale else 422 if self.errors else 200
