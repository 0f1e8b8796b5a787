"""Words for one contact out of words for all: `{{name}}`, `{{fields.city|your town}}`.

| variable | |
| --- | --- |
| `name` | the contact's name; “Visitor 0042” is none |
| `first_name` | its first word |
| `phone`, `email` | |
| `fields.<key>` | an own field |

What follows `|` stands in where there is no value. Where nothing does, the contact is left out: a
letter to "Dear ," is worse than none.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from django.utils.translation import gettext_noop

from contacts.models import Contact
from livechat.names import label_pattern
from marketing.formatting import Words, replaced

VARIABLE: Final = re.compile(r"\{\{\s*([a-z_]+(?:\.[\w-]+)?)\s*(?:\|([^{}]*))?\}\}")
# Whatever looks like one, such as `{{City}}`: sent as it stands it would shame us.
_ANY: Final = re.compile(r"\{\{([^{}|]*)(?:\|[^{}]*)?\}\}")
LONGEST_VALUE: Final = 500
STOP_LINE: Final = gettext_noop("To get no more of these, write “stop”.")


def name_of(contact: Contact) -> str:
    """Their name; what we call a visitor who has not said it is none."""
    return "" if re.search(label_pattern(), contact.name) else str(contact.name)


PLAIN: Final[dict[str, Callable[[Contact], str]]] = {
    "name": name_of,
    "first_name": lambda contact: (name_of(contact).split() or [""])[0],
    "phone": lambda contact: contact.phone,
    "email": lambda contact: contact.email,
}


class MissingValue(Exception):
    """A contact has no value for a variable that has no words to stand in."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def unknown_variables(text: str) -> list[str]:
    """The names in it that mean nothing."""
    return [
        name or found[0]
        for found in _ANY.finditer(text)
        if (name := found[1].strip()) not in PLAIN
        and not (name.startswith("fields.") and VARIABLE.fullmatch(found[0]))
    ]


def filled(text: str, contact: Contact) -> str:
    """The text with the contact's values. Raises MissingValue."""
    return VARIABLE.sub(lambda found: _given(found, contact), text)


def filled_words(words: Words, contact: Contact) -> Words:
    """The same with formatting, and with values in the addresses of links too."""

    def in_address(url: str) -> str:
        return VARIABLE.sub(lambda found: quote(_given(found, contact), safe=""), url)

    made = replaced(words, VARIABLE, lambda found: _given(found, contact))
    return made.with_urls(in_address)


def filled_in(document: Any, contact: Contact) -> Any:
    """The same for every text in lists and objects."""
    if isinstance(document, str):
        return filled(document, contact)
    if isinstance(document, Mapping):
        return {name: filled_in(part, contact) for name, part in document.items()}
    if isinstance(document, list | tuple):
        return [filled_in(part, contact) for part in document]
    return document


def texts_in(document: Any) -> Iterable[str]:
    """Every text in lists and objects."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for part in document.values():
            yield from texts_in(part)
    elif isinstance(document, list | tuple):
        for part in document:
            yield from texts_in(part)


def _given(found: re.Match[str], contact: Contact) -> str:
    name, otherwise = found[1], found[2]
    words = _value(name, contact)
    if not words and otherwise is None:
        raise MissingValue(name)
    return words or str(otherwise).strip()


def _value(name: str, contact: Contact) -> str:
    if name in PLAIN:
        return PLAIN[name](contact)[:LONGEST_VALUE]
    if not name.startswith("fields."):
        return ""
    value = contact.fields.get(name.removeprefix("fields."))
    if isinstance(value, Mapping):
        value = value.get("amount")
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    return "" if value is None or isinstance(value, bool) else str(value)[:LONGEST_VALUE]
