"""The people and organisations of Duinmeer: built from common names, reachable at numbers nobody has."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from accounts import phone
from contacts.models import Address, Customer
from kcc.demo.content import Names
from kcc.demo.rows import Rows

PERSONS, ORGANISATIONS, CONFIDENTIAL = 940, 60, 10
TOWN = "Duinmeer"
POSTCODES = ("1995", "1996", "1997", "1998", "1999")  # none given out: see the module kcc.demo
LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
MAIL = ("voorbeeld.nl", "voorbeeld.nl", "voorbeeld.nl", "example.org", "example.com")
MOBILES, SCATTER = 31_690_000_000, 7_654_321  # +31 69 is not given out; the step has no factor in common with ten
LANGUAGES = ("en", "de", "pl", "ar", "tr", "uk")


@dataclass
class Citizen:
    """A customer with the ways to reach them at hand."""

    row: Customer
    phone: str = ""
    email: str = ""
    social: str = ""
    topic: str = ""  # what they came for last
    said: set[str] = field(default_factory=set)

    def party(self, channel: str) -> str:
        """Give where a contact by this channel comes from."""
        return {"phone": self.phone, "email": self.email, "web": self.email, "social": self.social}.get(channel, "")

    @property
    def is_business(self) -> bool:
        return self.row.kind == Customer.Kind.ORGANISATION


class Town:
    """Everybody who may call, in a fixed order."""

    def __init__(self, rows: Rows, rng: Random, names: Names, now: datetime) -> None:
        self._rows, self._rng, self._names, self._now = rows, rng, names, now
        self._bsn = test_numbers(rng)
        self._number = (f"+{MOBILES + step * SCATTER % 10_000_000}" for step in count(1))
        self._postcodes = {street: self._postcode(place) for place, street in enumerate(names.streets)}
        self._mails: set[str] = set()
        self.citizens: list[Citizen] = []

    def person(self, first: str, infix: str, last: str, *, bsn: str = "", **about: object) -> Citizen:
        """Give a new inhabitant; what is not said is made up."""
        rng = self._rng
        row = Customer(first_name=first, infix=infix, last_name=last, kind=Customer.Kind.PERSON)
        row.birth_date = self._now.date() - timedelta(days=int(rng.triangular(18, 92, 44) * 365.25))
        citizen = self._settle(row, mail_name=f"{first[0]}.{infix}{last}", about=about)
        if bsn or rng.random() < 0.82:
            row.set_bsn(bsn or next(self._bsn))
            row.source = Customer.Source.BRP
        if rng.random() < 0.05:
            row.language = rng.choice(LANGUAGES)
        return citizen

    def organisation(self, name: str, **about: object) -> Citizen:
        """Give a new organisation; its KvK number begins with 00, which was no chamber."""
        row = Customer(last_name=name, kind=Customer.Kind.ORGANISATION, source=Customer.Source.KVK)
        row.kvk_number = f"000{self._rng.randrange(10_000, 99_999)}"
        return self._settle(row, mail_name=name, about=about)

    def fill(self) -> None:
        """Add inhabitants until the town is complete."""
        rng, names = self._rng, self._names
        weights = skewed(len(names.last))
        owners = [f"VvE {street}" for street in names.streets]
        for name in [*names.organisations, *owners][: ORGANISATIONS - 3]:
            if name not in {citizen.row.last_name for citizen in self.citizens}:
                self.organisation(name)
        while len(self.citizens) < PERSONS + ORGANISATIONS:
            infix, last = rng.choices(names.last, weights)[0]
            self.person(rng.choice(names.first), infix, last)
        for citizen in rng.sample([one for one in self.citizens if not one.is_business], CONFIDENTIAL):
            citizen.row.confidential = True

    def _settle(self, row: Customer, *, mail_name: str, about: dict[str, object]) -> Citizen:
        rng = self._rng
        self._rows.add(row)
        row.street = rng.choice(self._names.streets)
        row.house_number, row.city = rng.randint(1, 160), TOWN
        row.house_suffix = rng.choice("ABC") if rng.random() < 0.08 else ""
        row.created_at = self._now - timedelta(days=rng.uniform(91, 1200))
        row.verified_at = row.created_at + timedelta(minutes=5) if rng.random() < 0.85 else None
        for name in ("street", "house_number", "verified_at", "notes"):
            if name in about:
                setattr(row, name, about[name])
        row.postcode = self._postcodes.get(row.street) or self._postcode(0)
        citizen = Citizen(row)
        citizen.phone = self._reach(citizen, Address.Kind.PHONE, str(about.get("phone") or next(self._number)))
        self._mails.add(str(about.get("email")))
        if "email" in about or rng.random() < 0.72:
            citizen.email = self._reach(citizen, Address.Kind.EMAIL, str(about.get("email") or self._mail(mail_name)))
        if rng.random() < 0.06:
            citizen.social = self._reach(citizen, Address.Kind.SOCIAL, f"@{slug(mail_name)}{row.pk}")
        self.citizens.append(citizen)
        return citizen

    def _reach(self, citizen: Citizen, kind: str, typed: str) -> str:
        value = Address.normalise(kind, typed)
        if value is None:
            raise ValueError(f"No {kind}: {typed}")
        shown = phone.display(value) if kind == Address.Kind.PHONE else typed
        network = "instagram" if kind == Address.Kind.SOCIAL else ""
        address = Address(customer=citizen.row, kind=kind, network=network, value=value, typed=shown)
        address.created_at = citizen.row.created_at
        self._rows.add(address)
        return value

    def _mail(self, name: str) -> str:
        """Give an address nobody else has, at a domain nobody can have."""
        local, domain = slug(name), self._rng.choice(MAIL)
        while f"{local}@{domain}" in self._mails:
            local = f"{slug(name)}{self._rng.randrange(2, 99)}"
        self._mails.add(f"{local}@{domain}")
        return f"{local}@{domain}"

    def _postcode(self, place: int) -> str:
        return POSTCODES[place * len(POSTCODES) // len(self._names.streets)] + "".join(self._rng.choices(LETTERS, k=2))


def test_numbers(rng: Random) -> Iterator[str]:
    """Give BSNs of the range 9999xxxxx, which is for testing and never given to anybody, in random order."""
    numbers = [f"9999{tail:05d}" for tail in range(100_000)]
    valid = [number for number in numbers if eleven(number) and number != "999903482"]
    rng.shuffle(valid)
    return iter(valid)


def eleven(bsn: str) -> bool:
    """Say whether nine digits pass the eleven test."""
    total = sum(weight * int(digit) for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), bsn, strict=True))
    return total % 11 == 0


def skewed(size: int) -> list[float]:
    """Give weights that fall as names in the Netherlands do: the first ones are everywhere, the last ones rare."""
    return [1 / (place + 4) for place in range(size)]


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isalnum() or letter == ".")
