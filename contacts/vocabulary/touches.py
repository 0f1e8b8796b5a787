"""How contacts came: any of their touches is meant."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Touch
from contacts.vocabulary.spellings import spellings
from core.conditions import Field, Moments
from core.conditions.queries import plain
from core.conditions.sets import Among

GROUP: Final = pgettext_lazy("conditions", "How they came")
MOST_OFFERED = 200
# Columns with an index of their own.
_INDEXED: Final = frozenset({"source", "campaign"})


def _named(column: str) -> Callable[[str, Any, Moments], Q]:
    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            found = _touched(~Q(**{column: ""}))
            return found if value else ~found
        if operator == "has_all":
            every = Q()
            for one in value:
                every &= ask("has", one, moments)
            return every
        return _touched(_fitting(column, value if operator == "has_any" else [value]))

    return ask


def _fitting(column: str, asked: Iterable[str]) -> Q:
    """Named like one of these, whatever the case."""
    if column in _INDEXED and (spelt := spellings(Touch, column, asked)) is not None:
        return Q(**{f"{column}__in": spelt})
    some = Q(pk__in=[])
    for one in asked:
        some |= Q(**{f"{column}__iexact": one})
    return some & ~Q(**{column: ""})


def _at(operator: str, value: Any, moments: Moments) -> Q:
    if operator == "set":
        found = _touched(Q())
        return found if value else ~found
    return _touched(plain("moment", "at", operator, value, moments))


def _touched(condition: Q) -> Q:
    return Q(Among(Touch.objects.filter(condition), "contact_id"))


def _known(column: str) -> Callable[[], Iterable[tuple[str, str]]]:
    def choices() -> Iterable[tuple[str, str]]:
        recent = Touch.objects.latest_first().exclude(**{column: ""})
        newest = recent.values_list(column, flat=True)[:2000]
        return [(name, name) for name in sorted(set(newest))[:MOST_OFFERED]]

    return choices


def _kinds() -> Iterable[tuple[str, Any]]:
    return [(value, label) for value, label in Touch.Kind.choices]


FIELDS: Final = (
    *(
        Field(
            f"touch.{column}", label, "many", ask=_named(column), choices=_known(column),
            group=GROUP,
        )
        for column, label in (
            ("source", _("Source")),
            ("medium", pgettext_lazy("touch", "Medium")),
            ("campaign", _("Campaign")),
            ("content", pgettext_lazy("touch", "Content")),
            ("term", pgettext_lazy("touch", "Search words")),
        )
    ),
    Field(
        "touch.kind", pgettext_lazy("touch", "Kind of visit"), "many", ask=_named("kind"),
        choices=_kinds, group=GROUP,
    ),
    Field("touch.at", pgettext_lazy("touch", "Visited"), "moment", ask=_at, group=GROUP),
)  # fmt: skip
