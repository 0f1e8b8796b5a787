"""Contacts by a file: phones, e-mails and ids, one in a line, in whatever columns."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.models import Contact, ContactPoint
from contacts.phones import normal_phone

LARGEST_BYTES: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 200_000
AT_ONCE: Final = 2_000
SHOWN: Final = 20


@dataclass
class Matched:
    """Whom the file names. `unmatched` are the first lines that name nobody, as they stand."""

    contacts: list[UUID] = field(default_factory=list)
    rows: int = 0
    unmatched_count: int = 0
    unmatched: list[str] = field(default_factory=list)


def match(content: bytes) -> Matched:
    """Find the contacts of a CSV file. Raises `ValidationError` for what is none."""
    rows = list(islice(_rows(content), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise ValidationError(
            _("The file has more than %(count)s lines."),
            code="too_many",
            params={"count": intcomma(MOST_ROWS)},
        )
    if not rows:
        raise ValidationError(_("There is nothing in the file."), code="empty")
    found, seen = Matched(), set()
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        known = _known({key for cells in part for key in _keys(cells)})
        for number, cells in enumerate(part, start):
            people = [pk for key in _keys(cells) for pk in known.get(key, [])]
            if not people and number == 0 and not _keys(cells):
                continue  # the columns' names
            found.rows += 1
            for pk in people[:1]:
                if pk not in seen:
                    seen.add(pk)
                    found.contacts.append(pk)
            if not people:
                found.unmatched_count += 1
                if len(found.unmatched) < SHOWN:
                    found.unmatched.append(", ".join(cells)[:200])
    return found


def _rows(content: bytes) -> Iterator[list[str]]:
    if len(content) > LARGEST_BYTES:
        raise ValidationError(
            _("The file is larger than %(limit)d MB."),
            code="too_large",
            params={"limit": LARGEST_BYTES // (1024 * 1024)},
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Spreadsheets of Russian offices.
        text = content.decode("cp1251", "replace")
    text = text.replace("\0", "")
    head = text[:5000]
    mark = max(",;\t", key=head.count)
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=mark):
            if cleaned := [cell.strip() for cell in cells if cell.strip()]:
                yield cleaned
    except csv.Error:
        raise ValidationError(_("This is not a table of text (CSV)."), code="csv") from None


def _keys(cells: list[str]) -> list[tuple[str, str]]:
    """What of a line may name a contact: an id, an e-mail, a phone."""
    found = []
    for cell in cells:
        if "@" in cell[1:]:
            found.append(("email", cell.lower()))
            continue
        try:
            found.append(("id", str(UUID(cell))))
        except ValueError:
            phone = normal_phone(cell)
            if phone.startswith("+"):
                found.append(("phone", phone))
    return found


def _known(keys: set[tuple[str, str]]) -> dict[tuple[str, str], list[UUID]]:
    asked: dict[str, list[str]] = {"id": [], "email": [], "phone": []}
    for kind, value in sorted(keys):
        asked[kind].append(value)
    rows: list[tuple[str, str, UUID]] = [
        ("id", str(pk), pk)
        for pk in Contact.objects.filter(pk__in=asked["id"]).values_list("pk", flat=True)
    ]
    for kind in ("phone", "email"):
        own = Contact.objects.filter(**{f"{kind}__in": asked[kind]}).values_list(kind, "pk")
        points = ContactPoint.objects.filter(kind=kind, value__in=asked[kind])
        rows += [(kind, value.lower(), pk) for value, pk in own]
        rows += [(kind, value.lower(), pk) for value, pk in points.values_list("value", "contact")]
    found: dict[tuple[str, str], list[UUID]] = {}
    for kind, value, pk in rows:
        found.setdefault((kind, value), []).append(pk)
    return found
