"""Names, phones, e-mails and channels of contacts.

Texts are found through functions that run above row-level security, since the operators of a
trigram index are not leakproof: see docs/decisions/0007.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, UUIDField, When
from django.db.models.expressions import RawSQL

from contacts.models import Contact, ContactIdentity, ContactPoint
from contacts.phones import normal_phone, sought
from core.conditions import Moments
from core.conditions.sets import Among
from core.text import like_literal

_SAMPLE: Final = 1_000
_LOOKUPS: Final = {"contains": "icontains", "starts_with": "istartswith", "eq": "iexact"}
_FOUND: Final = "select contact_id from contacts_with_text(%s, %s)"


def name(operator: str, value: Any, moments: Moments) -> Q:
    return _text("name", operator, value)


def email(operator: str, value: Any, moments: Moments) -> Q:
    return _text("email", operator, value)


def phone(operator: str, value: Any, moments: Moments) -> Q:
    """Whole numbers however they are written; parts by their digits."""
    if operator in {"eq", "in"}:
        numbers = value if operator == "in" else [value]
        return _same("phone", [normal_phone(number) for number in numbers])
    if operator in {"contains", "starts_with"}:
        part = sought(value, from_start=operator == "starts_with")
        if not part:
            return _matching([("phone", value)], operator)
        if operator == "contains":
            return _matching([("phone", part)], operator)
        plain = "".join(letter for letter in value if letter.isdigit())
        texts = [f"+{part}"] if value.strip().startswith("+") else [f"+{part}", plain]
        return _matching([("phone", text) for text in texts], operator)
    return _text("phone", operator, value)


def username(operator: str, value: Any, moments: Moments) -> Q:
    """The name by which a messenger lets people be found, without @."""
    if operator == "set":
        return _switched(_identity(~Q(username="")), value)
    asked = [text.removeprefix("@") for text in (value if operator == "in" else [value])]
    lookup = _LOOKUPS.get(operator, "iexact")
    return _identity(_any(Q(**{f"username__{lookup}": text}) for text in asked) & ~Q(username=""))


def channel(operator: str, value: Any, moments: Moments) -> Q:
    """Has an address on a channel, which is named by its id or by its kind."""
    return _on_channel(operator, value, Q())


def reachable(operator: str, value: Any, moments: Moments) -> Q:
    """Has an address there that can be written to."""
    return _on_channel(operator, value, Q(is_reachable=True))


def channels() -> Iterable[tuple[str, str]]:
    """The workspace's channels."""
    model: Any = ContactIdentity._meta.get_field("channel").related_model
    return [(str(row.pk), row.name) for row in model.objects.order_by("name", "id")]


def _on_channel(operator: str, value: Any, further: Q) -> Q:
    if operator == "set":
        return _switched(_identity(further), value)
    if operator == "has_all":
        found = Q()
        for one in value:
            found &= _on_channel("has", one, further)
        return found
    asked = value if operator == "has_any" else [value]
    return _identity(further & _any(_of_channel(text) for text in asked))


def _of_channel(text: str) -> Q:
    try:
        return Q(channel_id=UUID(text))
    except ValueError:
        return Q(channel__kind=text)


def _text(column: str, operator: str, value: Any) -> Q:
    if operator == "set":
        return Q(**{column: ""}) if not value else ~Q(**{column: ""})
    if operator in {"eq", "in"}:
        return _same(column, value if operator == "in" else [value])
    return _matching([(column, value)], operator)


def _same(column: str, values: Iterable[str]) -> Q:
    return _by_sets([(column, like_literal(value)) for value in values])


def containing(texts: Mapping[str, str]) -> Q:
    """Whose name, phone or e-mail, each by its column, contains a text."""
    return _matching(list(texts.items()), "contains")


def _matching(texts: Sequence[tuple[str, str]], operator: str) -> Q:
    """What an index finds, while few contacts match: by one set for all the texts, each of a
    column, since an "or" of several could not be joined.

    What many match must not be found whole before a list shows its first page: walking through the
    newest contacts is quicker then. Which of the two it is, a look at the newest ones tells.
    """
    plain = _any(_walked(column, text, _LOOKUPS[operator]) for column, text in texts)
    if _is_common(plain):
        return plain
    before = "%" if operator == "contains" else ""
    return _by_sets([(column, f"{before}{like_literal(text)}%") for column, text in texts])


def _by_sets(patterns: Sequence[tuple[str, str]]) -> Q:
    """Whoever fits one of the patterns, each of a column, as indexes find them."""
    found = " union all ".join([_FOUND] * len(patterns))
    given = [each for pair in patterns for each in pair]
    return Q(pk__in=RawSQL(found, given, output_field=UUIDField()))  # noqa: S611  parameters


def _walked(column: str, text: str, lookup: str) -> Q:
    """The same contacts, asked row by row."""
    found = Q(**{f"{column}__{lookup}": text})
    if column not in ContactPoint.Kind.values:
        return found
    points = ContactPoint.objects.filter(contact=OuterRef("pk"), kind=column)
    return found | Q(Exists(points.filter(**{f"value__{lookup}": text})))


def _is_common(condition: Q) -> bool:
    """Whether more than about one in a hundred of the newest contacts fulfils it."""
    asked = Case(When(condition, then=True), default=False, output_field=BooleanField())
    newest = Contact.objects.order_by("-created_at", "-id").annotate(asked=asked)
    hits: int = sum(newest.values_list("asked", flat=True)[:_SAMPLE])
    return hits > _SAMPLE // 100


def _identity(condition: Q) -> Q:
    return Q(Among(ContactIdentity.objects.filter(condition), "contact_id"))


def _any(parts: Iterable[Q]) -> Q:
    found: Q | None = None
    for part in parts:
        found = part if found is None else found | part
    return Q(pk__in=[]) if found is None else found


def _switched(found: Q, wanted: bool) -> Q:
    return found if wanted else ~found
