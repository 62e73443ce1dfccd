"""Who works at Gemeente Duinmeer: nine teams and twenty-six people, all with the same demo password."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import Role, Team, User
from kcc.demo.rows import Rows

PASSWORD = "welkom-in-duinmeer"  # noqa: S105 - shown at the start of a demo, of no use anywhere else
DOMAIN = "duinmeer.voorbeeld.nl"
FRONT = ("Voorlijn", "Balie")

TEAMS = {  # name: login of the coordinator
    "Voorlijn": "k.deboer",
    "Balie": "k.deboer",
    "Parkeren": "k.deboer",
    "Vergunningen en bouwen": "k.vandam",
    "Belastingen": "m.kaya",
    "Sociaal domein": "l.jansen",
    "Burgerzaken": "e.vandijk",
    "Openbare ruimte": "p.hofman",
    "Afval en reiniging": "h.brouwers",
}
PEOPLE = [  # login, first name, last name, roles, teams
    ("s.dewit", "Sanne", "de Wit", [Role.AGENT], ["Voorlijn"]),
    ("s.bakker", "Stefan", "Bakker", [Role.AGENT], ["Voorlijn"]),
    ("j.smit", "Jolanda", "Smit", [Role.AGENT], ["Voorlijn"]),
    ("a.peters", "Anouk", "Peters", [Role.AGENT], ["Balie", "Voorlijn"]),
    ("k.haddad", "Karim", "Haddad", [Role.AGENT], ["Voorlijn"]),
    ("l.vermeulen", "Lotte", "Vermeulen", [Role.AGENT], ["Voorlijn"]),
    ("t.kok", "Thijs", "Kok", [Role.AGENT], ["Balie"]),
    ("n.willemsen", "Noor", "Willemsen", [Role.AGENT], ["Balie"]),
    ("k.deboer", "Karin", "de Boer", [Role.SENIOR], ["Voorlijn", "Parkeren"]),
    ("m.bos", "Mirjam", "Bos", [Role.TEAM_LEAD], list(TEAMS)),
    ("r.yilmaz", "Rachid", "Yilmaz", [Role.SPECIALIST], ["Parkeren"]),
    ("d.verhoeven", "Daan", "Verhoeven", [Role.SPECIALIST], ["Parkeren"]),
    ("m.janssen", "Marieke", "Janssen", [Role.SPECIALIST], ["Parkeren"]),
    ("k.vandam", "Kees", "van Dam", [Role.SPECIALIST], ["Vergunningen en bouwen"]),
    ("i.mulders", "Iris", "Mulders", [Role.SPECIALIST], ["Vergunningen en bouwen"]),
    ("m.kaya", "Murat", "Kaya", [Role.SPECIALIST], ["Belastingen"]),
    ("j.vandenberg", "Joris", "van den Berg", [Role.SPECIALIST], ["Belastingen"]),
    ("l.jansen", "Lisa", "Jansen", [Role.SPECIALIST], ["Sociaal domein"]),
    ("f.bouali", "Farid", "Bouali", [Role.SPECIALIST], ["Sociaal domein"]),
    ("e.vandijk", "Els", "van Dijk", [Role.SPECIALIST], ["Burgerzaken"]),
    ("p.hofman", "Pim", "Hofman", [Role.SPECIALIST], ["Openbare ruimte"]),
    ("h.brouwers", "Hanna", "Brouwers", [Role.SPECIALIST], ["Afval en reiniging"]),
    ("m.devries", "Marit", "de Vries", [Role.EDITOR], ["Voorlijn"]),
    ("beheer", "Bente", "Heeringa", [Role.ADMINISTRATOR], []),
    ("privacy", "Petra", "Vos", [Role.PRIVACY_OFFICER], []),
    ("l.visser", "Loes", "Visser", [Role.EDITOR], ["Voorlijn"]),
]
MAY_ENTER_ADMIN = {"m.devries", "l.visser", "beheer", "privacy"}


class Staff:
    """The people and teams of the demo, by name."""

    def __init__(self, rows: Rows) -> None:
        self.teams: dict[str, Team] = {}
        for name in TEAMS:
            email = f"{name.split()[0].lower()}@{DOMAIN}"
            self.teams[name] = rows.add(Team(name=name, email=email, is_kcc=name in FRONT))
        self.users: dict[str, User] = {}
        self.away: dict[str, datetime] = {}  # since when, by login
        password = make_password(PASSWORD)  # one hash for all: hashing is slow on purpose
        groups = dict(Group.objects.values_list("name", "pk"))
        for login, first, last, roles, teams in PEOPLE:
            user = rows.add(User(username=login, first_name=first, last_name=last, email=f"{login}@{DOMAIN}"))
            user.password, user.is_staff = password, login in MAY_ENTER_ADMIN
            for role in roles:
                rows.add(User.groups.through(user_id=user.pk, group_id=groups[role]))
            for team in teams:
                rows.add(User.teams.through(user_id=user.pk, team_id=self.teams[team].pk))
            self.users[login] = user
        for name, login in TEAMS.items():
            self.teams[name].coordinator = self.users[login]
        self.agents = self._with_role(Role.AGENT)
        self.desk = [self.users[login] for login in ("a.peters", "t.kok", "n.willemsen")]
        self.phone = [user for user in self.agents if user not in self.desk]

    def _with_role(self, role: str) -> list[User]:
        return [self.users[login] for login, _first, _last, roles, _teams in PEOPLE if role in roles]

    def specialists(self, team: Team, *, at: datetime | None = None) -> list[User]:
        """Give who works on the callbacks of a department, those who are not away at that moment.

        For a team of the contact centre itself they are the agents.
        """
        own = [
            login for login, _first, _last, roles, teams in PEOPLE if team.name in teams and Role.SPECIALIST in roles
        ]
        here = [login for login in own if at is None or login not in self.away or at < self.away[login]]
        return [self.users[login] for login in here] or self.agents
