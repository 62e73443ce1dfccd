"""Files that come in through a form: looked at before they are kept, whatever their name says."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from contacts import files
from contacts.channels.reading.attachment import safe_name, unnamed
from contacts.channels.reading.sniff import sniff
from contacts.models import Attachment, Contact, Draft


class Unwanted(Exception):
    """This file is not taken; the words say why."""


def take_in(
    file: UploadedFile, *, number: int, used: int, draft: Draft | None = None, contact: Contact | None = None
) -> Attachment:
    """Give the attachment that this file became, with so many bytes in the message already. Raises Unwanted."""
    size = file.size or 0
    name = safe_name(file.name or "")
    told = {"name": name or _("Dit bestand"), "most": filesizeformat(settings.UPLOAD_LARGEST)}
    if size == 0:
        raise Unwanted(_("%(name)s is leeg.") % told)
    if size > settings.UPLOAD_LARGEST:
        raise Unwanted(_("%(name)s is te groot: een bestand mag hooguit %(most)s zijn.") % told)
    if used + size > settings.UPLOAD_TOTAL:
        told["most"] = filesizeformat(settings.UPLOAD_TOTAL)
        raise Unwanted(_("%(name)s past er niet meer bij: een bericht mag hooguit %(most)s zijn.") % told)
    content = file.read()
    kind = sniff(content, name)
    if is_refused(kind, name):
        raise Unwanted(_("%(name)s is een programma of script. Zulke bestanden worden niet verstuurd.") % told)
    return Attachment.objects.create(
        draft=draft,
        contact=contact,
        name=name or unnamed(number, kind),
        declared_type=(file.content_type or "")[:150],
        content_type=kind,
        size=len(content),
        sha256=files.keep(content),
    )


def is_refused(kind: str, name: str) -> bool:
    """Say whether this is a file that can do something by itself."""
    ending = name.rpartition(".")[2].lower()
    return kind in settings.UPLOAD_REFUSED_TYPES or ending in settings.UPLOAD_REFUSED_ENDINGS
