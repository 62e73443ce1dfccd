"""Why a file could not be opened, in words for whoever typed its name."""

from django.utils.translation import gettext as _t


def why_not(file: object, error: OSError | ValueError) -> str:
    """Give the sentence about a file that could not be read or written."""
    sentences: dict[type[Exception], str] = {
        FileNotFoundError: _t("Het bestand %(file)s is er niet."),
        IsADirectoryError: _t("%(file)s is een map, geen bestand."),
        PermissionError: _t("Het bestand %(file)s mag niet worden geopend."),
    }
    words = sentences.get(type(error), _t("Het bestand %(file)s kan niet worden geopend."))
    return words % {"file": str(file).replace("\0", "�")}
