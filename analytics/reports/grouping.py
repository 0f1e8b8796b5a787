"""By what a report can be grouped, and what the groups are called."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from crm.models import LossReason, Pipeline, Stage
from workspaces.models import Membership, Team

Names = Callable[[set[Any]], dict[Any, str]]


@dataclass(frozen=True)
class Dimension:
    """One `group=`: the keys of its rows, and the columns of facts and of spend behind them.

    `of_spend` has None where spend knows no such thing: it then stands in the row without a key.
    """

    name: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    of_spend: tuple[str | None, ...]
    names: Names | None = None


def _named(model: Any) -> Names:
    def names(ids: set[Any]) -> dict[Any, str]:
        return dict(model.objects.filter(pk__in=ids).values_list("pk", "name"))

    return names


def _members(ids: set[Any]) -> dict[Any, str]:
    return {one.pk: one.name for one in Membership.objects.filter(pk__in=ids).with_user()}


def _plain(name: str, *columns: str) -> Dimension:
    return Dimension(name, columns, columns, columns)


def _of(name: str, names: Names, column: str = "") -> Dimension:
    return Dimension(name, (name,), (column or f"{name}_id",), (None,), names)


DIMENSIONS: Final[dict[str, Dimension]] = {
    one.name: one
    for one in (
        _plain("source", "source"),
        _plain("medium", "source", "medium"),
        _plain("campaign", "source", "campaign"),
        _plain("ad", "source", "campaign", "ad"),
        _plain("term", "source", "campaign", "ad", "term"),
        Dimension("day", ("day",), ("day",), ("date",)),
        Dimension("week", ("week",), ("week",), ("week",)),
        Dimension("month", ("month",), ("month",), ("month",)),
        Dimension("hour", ("hour",), ("hour",), (None,)),
        Dimension("weekday", ("weekday",), ("weekday",), ("weekday",)),
        _of("channel", _named(Channel)),
        _of("owner", _members, "agent_id"),
        _of("team", _named(Team)),
        _of("pipeline", _named(Pipeline)),
        _of("stage", _named(Stage)),
        _of("loss_reason", _named(LossReason)),
    )
}
DIMENSIONS["agent"] = DIMENSIONS["member"] = DIMENSIONS["owner"]


@dataclass(frozen=True)
class Grouping:
    """Several dimensions, one within the other."""

    dimensions: tuple[Dimension, ...]

    @property
    def keys(self) -> list[str]:
        """The keys of a row, each once."""
        return list(dict.fromkeys(key for one in self.dimensions for key in one.keys))

    @property
    def columns(self) -> list[str]:
        """The columns of facts behind them, in the same order."""
        return list(dict.fromkeys(column for one in self.dimensions for column in one.columns))

    @property
    def of_spend(self) -> list[str | None]:
        """The columns of spend behind them, in the same order."""
        pairs = {
            key: column
            for one in self.dimensions
            for key, column in zip(one.keys, one.of_spend, strict=True)
        }
        return [pairs[key] for key in self.keys]

    def label(self, rows: Iterable[dict[str, Any]]) -> None:
        """Give each row `label`, the words of its last key, and ids their names."""
        rows = list(rows)
        for one in self.dimensions:
            names: dict[Any, str] = {}
            if one.names is not None:
                names = one.names({row[one.name] for row in rows if row[one.name] is not None})
            key = one.keys[-1]
            for row in rows:
                value = row[key]
                row["label"] = names.get(value, "") if one.names else str(value or "")
                if value is None:
                    row["label"] = unknown(one.name)
        keys = self.keys
        for row in rows:
            for key in keys:
                if row[key] is not None and not isinstance(row[key], int | str):
                    row[key] = str(row[key])


def unknown(dimension: str) -> str:
    """What the row without a key is called."""
    if dimension == "source":
        return _("Source unknown")
    if dimension in {"owner", "agent", "member"}:
        return _("Nobody")
    return _("Not told")
