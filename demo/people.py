"""Who works at the workshop «Север» and may log in to the demo."""

from dataclasses import dataclass

from workspaces.models import Role, Visibility

WORKSPACE = "Мастерская «Север»"
SLUG = "sever"
PASSWORD = "tandem-demo"  # noqa: S105  printed on start; the demo has nothing to hide
DOMAIN = "demo.tandem.local"


@dataclass(frozen=True)
class Person:
    """A log-in of the demo."""

    login: str
    name: str
    role: str
    title: str
    team: str = ""
    visibility: str = Visibility.ALL

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


PEOPLE = [
    Person("agent", "Анна Ковалёва", Role.AGENT, "agent", "Продажи"),
    Person("manager", "Марина Орлова", Role.SUPERVISOR, "manager", "Продажи"),
    Person("marketer", "Тимур Галеев", Role.MARKETER, "marketer"),
    Person("admin", "Илья Лебедев", Role.OWNER, "admin"),
    Person(
        "service", "Вера Зимина", Role.AGENT, "agent of another team", "Сервис", Visibility.TEAM
    ),
]
# The four that are announced; the fifth is a colleague.
ANNOUNCED = PEOPLE[:4]
TEAMS = ["Продажи", "Сервис"]
