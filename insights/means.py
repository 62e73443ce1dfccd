"""What the figures mean, panel by panel: the words behind "Hoe meten we dit?"."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Means = list[tuple[str | Promise, str | Promise]]

OPEN: Means = [
    (_("Open"), _("Niet afgerond en niet vervallen, nu. Vorige week: hetzelfde, precies zeven dagen geleden.")),
    (_("Te laat"), _("Open, en het moment dat met de klant is afgesproken is voorbij.")),
    (_("Vandaag"), _("Open, en het afgesproken moment is later vandaag. In behandeling: iemand heeft het opgepakt.")),
]
NORM: Means = [
    (
        _("Op tijd"),
        _("Op of voor het moment dat de norm gaf toen het verzoek werd gemaakt. Uitstel verandert dat moment niet."),
    ),
    (
        _("Eerste poging op tijd"),
        _("Van de verzoeken die in de periode zijn afgerond of vervallen: het deel waarbij de eerste poging op tijd "
          "was, ook als er niemand opnam."),
    ),
    (_("Gesproken op tijd"), _("Van dezelfde verzoeken: het deel waarbij het eerste gesprek op tijd was.")),
    (
        pgettext_lazy("terugbelverzoek", "Nog open"),
        _("Wat nog open is, telt pas mee als het is afgerond of vervallen. Wat daarvan te laat is, staat bij Te laat."),
    ),
    (_("te weinig"), _("Bij minder dan 20 zegt een percentage niets; dan tonen we het niet.")),
]  # fmt: skip
KEPT: Means = [
    *NORM,
    (_("Te laat geprobeerd"), _("De eerste poging kwam na de norm.")),
    (_("Niet geprobeerd"), _("Afgerond of vervallen zonder dat iemand belde.")),
    (_("3× gemist"), _("Minstens drie pogingen waarbij de klant niet is gesproken.")),
    (pgettext_lazy("terugbelverzoek", "Uitgesteld"), _("Met de klant is een later moment afgesproken.")),
    (_("Belde opnieuw"), _("De klant nam zelf nog een of meer keer contact op over het verzoek.")),
]
ANSWERED: Means = [
    (
        _("Direct beantwoord"),
        _("Van alle binnengekomen contacten met een afhandeling in de periode: het deel dat het KCC zelf "
          "beantwoordde, direct of na ruggespraak."),
    ),
]  # fmt: skip
TRANSFERRED: Means = [
    (_("Doorverbonden"), _("Van alle binnengekomen contacten met een afhandeling: het deel dat is doorverbonden.")),
    (_("Terugbelverzoek"), _("Van dezelfde contacten: het deel dat eindigde in een terugbelverzoek.")),
]
AGE: Means = [
    (
        _("Werkdagen"),
        _("Een werkdag telt mee zodra hij begonnen is: wat vrijdagmiddag is gevraagd, is maandag één werkdag oud. Wat "
          "buiten openingstijd is gevraagd, telt vanaf de volgende opening."),
    ),
    (_("Niet toegewezen"), _("Open, en niemand is behandelaar.")),
]  # fmt: skip
WHY: Means = [
    (
        _("Te laat of niet geprobeerd"),
        _("Samen alle verzoeken waarbij de eerste poging niet op tijd was."),
    ),
    (
        _("Uitgesteld met de klant"),
        _("Van die verzoeken: met de klant was een later moment afgesproken. Voor de norm telt het oude moment."),
    ),
    (_("Vervallen"), _("Gestopt zonder afronding, met de oorzaak die is gekozen. Ook wat wel op tijd was geprobeerd.")),
]
ATTEMPTS: Means = [
    (_("Pogingen"), _("Van de verzoeken die in de periode zijn afgerond of vervallen: hoe vaak er is gebeld.")),
    (
        _("Gemiddeld"),
        _("Het aantal pogingen tot en met het eerste gesprek, van de verzoeken waarbij de klant is gesproken."),
    ),
    *KEPT[-1:],
]
ERRORS: Means = [
    (
        pgettext_lazy("terugbelverzoek", "Terug"),
        _("Een afdeling gaf het verzoek terug aan het KCC, omdat het daar niet hoorde."),
    ),
    (_("Doorgestuurd"), _("Een afdeling gaf het verzoek aan een andere afdeling.")),
    (_("Telt mee"), _("In de week waarin het gebeurde, ook als het verzoek nog open is.")),
]
PASSED: Means = [
    (
        _("Eindigt in een terugbelverzoek"),
        _("Van de binnengekomen contacten over dit onderwerp: hoe vaak de afhandeling een terugbelverzoek was."),
    ),
]
TEAMS: Means = [*KEPT, *PASSED, (_("Afdeling"), _("Die het verzoek had toen het eindigde."))]
TOPICS: Means = [*KEPT, *PASSED]
WEEKS: Means = [*KEPT, (_("Week"), _("Waarin het verzoek is afgerond of vervallen, maandag tot en met zondag."))]
PEOPLE: Means = [
    *KEPT,
    (
        _("Medewerker"),
        _("Die behandelaar was toen het verzoek eindigde. Je ziet de mensen van je eigen afdelingen, en alleen hun "
          "verzoeken daar."),
    ),
]  # fmt: skip
