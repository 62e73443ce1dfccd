"""Who hears what about an article: whoever must act, and who sees to it that somebody does."""

from collections.abc import Callable, Iterable
from datetime import datetime

from accounts.models import Role, User
from accounts.models.absence import absences, stands_in
from knowledge.models.article import Article

Group = Callable[[], Iterable[User | None]]


class Recipients:
    """The people around one article at one moment, asked of the database when it comes to them.

    Who left the office does not count; who is away is passed over as long as somebody else is there.
    """

    def __init__(self, article: Article | None, *, now: datetime, passed_over: Iterable[int | None] = ()) -> None:
        self.article, self.now, self.passed_over = article, now, set(passed_over)

    def keepers(self) -> list[User]:
        """Give who must act: the owner or who stands in, else the editors, else the team leads."""
        return self.first(self.owner, self.editors, self.leads_of_team, self.leads)

    def watchers(self) -> list[User]:
        """Give who must hear that nobody acts: who must act, the editors, and who leads the team of the article."""
        people = [*self.keepers(), *self.first(self.editors), *self.here(self.leads_of_team())]
        return sorted(set(people), key=lambda person: person.pk)

    def desk(self) -> list[User]:
        """Give the editors."""
        return self.first(self.editors)

    def first(self, *groups: Group) -> list[User]:
        """Give those who are there of the first group in which anybody is, else the first group, though it is away."""
        away: list[User] = []
        for group in groups:
            people = self._working(group())
            if here := self.here(people):
                return here
            away = away or people
        return away

    def here(self, people: Iterable[User | None]) -> list[User]:
        """Give those of these people who work here and are not away."""
        working = self._working(people)
        gone = absences(working, now=self.now) if working else {}
        return [person for person in working if person.pk not in gone]

    def owner(self) -> list[User | None]:
        """Give the owner or who stands in, when that one may see to the article: a substitute's substitute may not."""
        article = self.article
        person = stands_in(article.owner, now=self.now) if article is not None and article.owner is not None else None
        if article is None or person is None:
            return []
        return [person] if Article.objects.in_care_of(person, now=self.now).contains(article) else []

    def editors(self) -> Iterable[User]:
        """Give the editors who still work here."""
        return User.objects.filter(groups__name=Role.EDITOR, is_active=True).order_by("pk")

    def leads_of_team(self) -> Iterable[User]:
        """Give who leads the department of the article; nobody when it has none."""
        team = self.article.team if self.article is not None else None
        return team.members.filter(groups__name=Role.TEAM_LEAD).order_by("pk") if team is not None else []

    def leads(self) -> Iterable[User]:
        """Give every team lead, who all see to what is nobody's."""
        article = self.article
        if article is None or article.team is not None or article.owner is not None:
            return []
        return User.objects.filter(groups__name=Role.TEAM_LEAD, is_active=True).order_by("pk")

    def _working(self, people: Iterable[User | None]) -> list[User]:
        return [one for one in people if one is not None and one.is_active and one.pk not in self.passed_over]
