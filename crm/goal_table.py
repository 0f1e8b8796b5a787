"""The table of plans: people and teams down, months across."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core import money
from crm.actions import set_goal
from crm.goals import Progress, Whose, months_from, table
from crm.models import Goal, Pipeline
from workspaces.models import Membership, Team

MONTHS: Final = 6
MEASURES: Final = ("revenue", "count")
_RUSSIAN: Final = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})


@dataclass(frozen=True, slots=True)
class Cell:
    """One plan of the table, and the name of its field; `typed` is what was refused."""

    name: str
    month: date
    value: Decimal | int | None
    progress: Progress | None
    typed: str | None = None

    @property
    def written(self) -> str:
        """As the field shows it: thousands apart, no kopecks where there are none."""
        if self.typed is not None:
            return self.typed
        if self.value is None:
            return ""
        written = f"{self.value:,}".removesuffix(".00")
        return written.translate(_RUSSIAN) if get_language() == "ru" else written


@dataclass(frozen=True, slots=True)
class Row:
    """Everybody, a team or a member."""

    key: str
    name: str
    member: Membership | None = None
    team: Team | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def whose(self) -> Whose:
        return (
            self.member.pk if self.member else None,
            self.team.pk if self.team else None,
        )


def rows(
    months: list[date], *, measure: str, pipeline: Pipeline | None, typed: Mapping[str, str]
) -> list[Row]:
    """The whole table, filled; `typed` by the names of fields is kept as it is."""
    found = table(months, pipeline=pipeline)
    return [
        Row(
            row.key,
            row.name,
            row.member,
            row.team,
            tuple(
                _cell(row, month, measure, found.get((month, row.whose)), typed) for month in months
            ),
        )
        for row in people()
    ]


def people() -> list[Row]:
    """Everybody first, then teams, then those who sell."""
    from crm.forms.tasks import workers

    teams = Team.objects.order_by("name")
    return [
        Row("all", pgettext("goals", "Everybody")),
        *(Row(f"team-{team.pk}", team.name, team=team) for team in teams),
        *(Row(f"member-{one.pk}", one.name, member=one) for one in workers()),
    ]


def window(first: date) -> list[date]:
    """The months that are shown, from this one on."""
    return months_from(first, MONTHS)


def save(
    posted: Any, months: list[date], *, measure: str, pipeline: Pipeline | None, by: Membership
) -> int:
    """Take over what was typed; returns how many plans changed. The other measure stays.

    Raises `ValidationError` naming the first field that cannot be read.
    """
    known = {
        (goal.month, (goal.member_id, goal.team_id)): goal
        for goal in Goal.objects.filter(month__in=months, pipeline=pipeline)
    }
    changed = 0
    for row in people():
        for month in months:
            name = f"{row.key}-{month:%Y-%m}"
            if name not in posted:
                continue
            goal = known.get((month, row.whose))
            value = _number(posted[name], measure, row.name)
            if value == (getattr(goal, measure) if goal else None):
                continue
            values = {one: getattr(goal, one) if goal else None for one in MEASURES}
            set_goal(
                month=month,
                member=row.member,
                team=row.team,
                pipeline=pipeline,
                by=by,
                **{**values, measure: value},
            )
            changed += 1
    return changed


def _cell(
    row: Row, month: date, measure: str, progress: Progress | None, typed: Mapping[str, str]
) -> Cell:
    value = getattr(progress, f"goal_{measure}") if progress else None
    name = f"{row.key}-{month:%Y-%m}"
    return Cell(name, month, value, progress, typed.get(name))


def _number(text: str, measure: str, name: str) -> Any:
    if not text.strip():
        return None
    try:
        if any(letter.isalpha() for letter in text):
            raise ValueError(text)
        value = money.read(text)
        if measure == "count" and value != int(value):
            raise ValueError(text)
    except ValueError:
        raise ValidationError(
            _("“%(text)s” is not a number (%(name)s).") % {"text": text[:20], "name": name}
        ) from None
    return int(value) if measure == "count" else value
