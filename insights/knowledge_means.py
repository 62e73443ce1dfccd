"""What the figures of the knowledge base mean, panel by panel: the words behind "Hoe meten we dit?"."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from insights.means import Means

REPORTS = pgettext_lazy("kennisartikel", "Meldingen")
TOO_FEW = (_("te weinig"), _("Bij minder dan 20 zegt een percentage niets; dan tonen we het niet."))
QUESTION = (
    _("Zoekvraag"),
    _("De woorden waarmee iemand zocht. Wat je onderweg typt, telt niet apart. Wie zocht, bewaren we niet; nummers en "
      "adressen worden onleesbaar gemaakt. Na 400 dagen gooien we een zoekvraag weg."),
)  # fmt: skip
SAME = (_("Gelijk"), _("Hoofdletters en accenten maken geen verschil."))
NOTHING = (_("Zonder resultaat"), _("Geen enkel artikel paste bij de zoekvraag."))
UNCLICKED = (
    _("Zonder klik"),
    _("Er waren artikelen, maar niemand opende of kopieerde er een. Soms staat het antwoord al in de lijst. Van de "
      "website en van andere systemen weten we dit niet; die tellen hier niet mee."),
)  # fmt: skip
AGAIN = (
    _("Opnieuw gezocht"),
    _("Van iedereen die begon te zoeken: het deel dat binnen een kwartier met andere woorden verder zocht."),
)
SEARCHING: Means = [QUESTION, AGAIN]
FINDING: Means = [NOTHING, UNCLICKED, TOO_FEW]
STANDING: Means = [
    (
        _("Met artikel"),
        _(
            "Van de contacten die het KCC zelf beantwoordde, direct of na ruggespraak: het deel waarbij een artikel "
            "als gebruikt is vastgelegd."
        ),
    ),
    (_("Actueel"), _("Het deel van de gepubliceerde artikelen waarvan de controle niet verlopen is, nu.")),
    (REPORTS, _("Wat lezers schreven dat niet klopt en nog niemand heeft behandeld, nu.")),
]
PANELS: dict[str, Means] = {
    "weeks": [QUESTION, NOTHING, TOO_FEW],
    "nothing": [NOTHING, SAME, QUESTION],
    "unclicked": [UNCLICKED, SAME],
    "asked": [QUESTION, SAME],
    "chains": [
        (_("Met andere woorden"), _("De eerste en de laatste woorden van iemand die verder zocht.")),
        (_("Daarna geopend"), _("Hoe vaak na de laatste woorden wel een artikel werd geopend.")),
        (_("Waarvoor"), _("De eerste woorden zijn vaak een goed synoniem of trefwoord voor wat daarna gevonden werd.")),
    ],
    "used": [
        (_("Gebruikt"), _("In hoeveel contacten in de periode een medewerker aangaf dit artikel te hebben gebruikt.")),
        (_("Gelezen"), _("Hoe vaak het is geopend. Wie het binnen tien minuten weer opent, telt niet opnieuw.")),
    ],
    "unused": [
        (_("Nooit gebruikt"), _("In de periode in geen contact gebruikt en minder dan 5 keer gelezen. Alleen artikelen "
           "die voor de periode al gepubliceerd waren.")),
    ],
    "departments": [
        (_("Te controleren"), _("De dag waarop het artikel gecontroleerd moest zijn, is voorbij.")),
        (REPORTS, _("Wat lezers schreven dat niet klopt en nog niemand heeft behandeld.")),
    ],
    "articles": [
        (_("Gelezen"), _("Hoe vaak het in de periode is geopend, door collega’s en op de website.")),
        (_("Gekopieerd"), _("Hoe vaak het antwoord is gekopieerd.")),
        (_("Gebruikt"), _("In hoeveel contacten het is gebruikt.")),
        (_("Hielp"), _("Hoe vaak een lezer zei dat het hielp, van alle keren dat iemand dat aangaf.")),
        (_("Klopt niet"), _("Hoe vaak een lezer zei dat er iets niet klopt. Open: wat daarvan nog niet is behandeld.")),
        TOO_FEW,
    ],
}  # fmt: skip
COLUMNS: dict[str, str | Promise] = {
    "read": _("Gelezen"),
    "copied": _("Gekopieerd"),
    "used": _("Gebruikt"),
    "helped": _("Hielp"),
    "wrong": _("Klopt niet"),
    "pending": _("Open"),
}
