"""What may be asked of which kind of field, and how it is asked of the database.

| kind | operators |
| --- | --- |
| text | eq, ne, contains, not_contains, starts_with, in, not_in, set |
| number, money | eq, ne, gt, gte, lt, lte, between, in, not_in, set |
| moment, day | on, before, after, between, last_days, not_last_days, next_days, set |
| choice | eq, ne, in, not_in, set |
| many | has, has_no, has_any, has_all, set |
| boolean | eq |

`set` asks whether there is a value (`true`) or none (`false`). Whoever has no value is not equal,
not in, and has no such thing; comparisons leave them out. Other spellings are in ALIASES.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["text", "number", "money", "moment", "day", "choice", "many", "boolean"]

_NUMBER: Final = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "set")
_TIME: Final = (
    "on", "before", "after", "between", "last_days", "not_last_days", "next_days", "set",
)  # fmt: skip

OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "text": ("eq", "ne", "contains", "not_contains", "starts_with", "in", "not_in", "set"),
    "number": _NUMBER,
    "money": _NUMBER,
    "moment": _TIME,
    "day": _TIME,
    "choice": ("eq", "ne", "in", "not_in", "set"),
    "many": ("has", "has_no", "has_any", "has_all", "set"),
    "boolean": ("eq",),
}

ALIASES: Final[dict[str, str]] = {
    "=": "eq", "==": "eq", "is": "eq", "equals": "eq",
    "!=": "ne", "<>": "ne", "is_not": "ne", "not_equals": "ne", "neq": "ne",
    ">": "gt", ">=": "gte", "<": "lt", "<=": "lte",
    "nin": "not_in", "any_of": "has_any", "all_of": "has_all", "none_of": "not_in",
    "not_has": "has_no", "has_not": "has_no", "is_set": "set", "exists": "set",
    "within_days": "last_days", "not_within_days": "not_last_days", "startswith": "starts_with",
}  # fmt: skip

# The same question under the word of another kind: "labels in [...]", "created_at >= ...".
_BY_KIND: Final[dict[str, dict[str, str]]] = {
    "many": {
        "eq": "has",
        "ne": "has_no",
        "contains": "has",
        "not_contains": "has_no",
        "in": "has_any",
    },
    "moment": {"eq": "on", "gt": "after", "gte": "from", "lt": "before", "lte": "until"},
    "day": {"eq": "on", "gt": "after", "gte": "from", "lt": "before", "lte": "until"},
}
_SPELT: Final[dict[str, tuple[str, ...]]] = {"moment": ("from", "until"), "day": ("from", "until")}

# What an operator's negation is called, for those that are one.
NEGATIONS: Final[dict[str, str]] = {
    "ne": "eq", "not_contains": "contains", "not_in": "in", "has_no": "has",
    "not_last_days": "last_days",
}  # fmt: skip


def operator_of(kind: str, word: str) -> str | None:
    """The operator that a word means for a kind of field; None when it means nothing there."""
    plain = ALIASES.get(word, word)
    plain = _BY_KIND.get(kind, {}).get(plain, plain)
    allowed = OF_KIND[kind] + _SPELT.get(kind, ())
    return plain if plain in allowed else None
