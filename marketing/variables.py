"""The values of a contact that may stand in a broadcast's words: which there are, who lacks one."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contacts import custom_fields
from livechat.names import label_beginnings, label_pattern
from marketing.checks import addresses_of, words_of
from marketing.models import Broadcast
from marketing.wording import VARIABLE, texts_in

NAMES: Final = {
    "first_name": gettext_noop("First name"),
    "name": gettext_noop("Name in full"),
    "phone": gettext_noop("Phone"),
    "email": gettext_noop("E-mail"),
}
_COLUMN: Final = {"first_name": "name", "name": "name", "phone": "phone", "email": "email"}


@dataclass(frozen=True, slots=True)
class Variable:
    """A value with its name in texts and its label."""

    name: str
    label: str

    @property
    def token(self) -> str:
        return "{{" + self.name + "}}"


@dataclass(frozen=True, slots=True)
class Missing:
    """So many contacts have no value; `otherwise` stands in, or, where None, they are left out."""

    variable: Variable
    count: int
    otherwise: str | None
    segment_id: str = ""

    @property
    def address(self) -> str:
        """The filter of the contacts that shows them; empty where no segment stands in lists."""
        if not self.segment_id:
            return ""
        field = _COLUMN.get(self.variable.name, self.variable.name)
        without: dict[str, Any] = {"field": field, "op": "set", "value": False}
        if field == "name":
            given = [
                {"field": "name", "op": "starts_with", "value": words}
                for words in label_beginnings()
            ]
            without = {"any": [without, *given]}
        leaves = [{"field": "segment", "op": "has_any", "value": [self.segment_id]}, without]
        return urlencode({"filter": orjson.dumps({"all": leaves}).decode()})


def variables() -> list[Variable]:
    """All that a text may name."""
    own = [
        Variable(f"fields.{field.key}", str(field.label))
        for field in custom_fields.definitions("contact")
    ]
    return [*(Variable(name, _(label)) for name, label in NAMES.items()), *own]


def missing_of(broadcast: Broadcast, contacts: Any) -> list[Missing]:
    """For each variable of a broadcast's words, how many of a queryset have no value for it."""
    labels = {variable.name: variable for variable in variables()}
    segment_id = "" if broadcast.segment.is_ad_hoc else str(broadcast.segment_id)
    found = []
    for name, otherwise in _used(broadcast).items():
        count = _without(contacts, name).count()
        if count:
            variable = labels.get(name) or Variable(name, name)
            found.append(Missing(variable, count, otherwise, segment_id))
    return found


def _used(broadcast: Broadcast) -> dict[str, str | None]:
    """Each variable with what stands in for it; nothing does where a single place has nothing."""
    texts = [*words_of(broadcast), *addresses_of(broadcast)]
    texts += [*texts_in(broadcast.template), *texts_in(broadcast.buttons)]
    used: dict[str, str | None] = {}
    for text in texts:
        for match in VARIABLE.finditer(text):
            name, otherwise = match[1], match[2]
            known = used.get(name, otherwise)
            used[name] = None if otherwise is None or known is None else otherwise.strip()
    return used


def _without(contacts: Any, name: str) -> Any:
    if _COLUMN.get(name) == "name":
        return contacts.filter(Q(name="") | Q(name__regex=label_pattern()))
    if name in _COLUMN:
        return contacts.filter(**{_COLUMN[name]: ""})
    key = name.removeprefix("fields.")
    marked = contacts.annotate(asked_value=KeyTextTransform(key, "fields"))
    return marked.filter(Q(asked_value=None) | Q(asked_value=""))
