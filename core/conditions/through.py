"""The fields of one thing asked of another that it belongs to: a deal's customer, a conversation's
deal.

    find, members = through("contact", _("Customer"), CONTACTS, of_the_customer)
    DEALS.add_family("contact", find, members)

`reach` makes a condition on those into one on these: by Exists, so that no row comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.text import format_lazy

from .fields import Family, FamilyMembers, Field, Vocabulary, Words
from .moments import Moments


def through(
    prefix: str,
    heading: Words,
    vocabulary: Vocabulary,
    reach: Callable[[Q], Q],
    *,
    offers: Callable[[Field], bool] = lambda _known: True,
) -> tuple[Family, FamilyMembers]:
    """The family of a vocabulary's fields under a prefix, for `Vocabulary.add_family`.

    `offers` says which of them a form lists; by name all are found.
    """

    def reached(known: Field) -> Field:
        def ask(operator: str, value: Any, moments: Moments) -> Q:
            return reach(known.query(operator, value, moments))

        return replace(
            known,
            name=f"{prefix}.{known.name}",
            label=format_lazy("{}: {}", heading, known.label),
            group=format_lazy("{}: {}", heading, known.group) if known.group else heading,
            ask=ask,
        )

    def find(name: str) -> Field | None:
        known = vocabulary.get(name)
        return reached(known) if known else None

    def members() -> Iterable[Field]:
        return [reached(known) for known in vocabulary if offers(known)]

    return find, members
