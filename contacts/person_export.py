"""All that is known of one person, as a file for them: JSON and the files of their messages."""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson

from contacts.models import Contact

# What a package knows: a document, and (name in the archive, place on the disk) of files.
Known = tuple[Any, list[tuple[str, Path]]]
Exporter = Callable[[Contact], Known]

_exporters: dict[str, Exporter] = {}


def export_with(name: str, exporter: Exporter) -> None:
    """Add a part under this name."""
    _exporters[name] = exporter


def archive(contact: Contact) -> IO[bytes]:
    """A ZIP in a temporary file, at its beginning."""
    target: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    document: dict[str, Any] = {"contact": _about(contact)}
    files: list[tuple[str, Path]] = []
    for name, exporter in _exporters.items():
        document[name], found = exporter(contact)
        files += found
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("contact.json", orjson.dumps(document, default=_plain, option=_PRETTY))
        for name, path in files:
            if path.is_file():
                bundle.write(path, name)
    target.seek(0)
    return target


_PRETTY = orjson.OPT_INDENT_2


def _about(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "name": contact.name,
        "phones": [contact.phone, *_points(contact, "phone")] if contact.phone else [],
        "emails": [contact.email, *_points(contact, "email")] if contact.email else [],
        "language": contact.language,
        "note": contact.note,
        "fields": contact.fields,
        "company": str(contact.company or ""),
        "created_at": contact.created_at,
        "labels": list(contact.labels.order_by("name").values_list("name", flat=True)),
        "identities": list(contact.identities.values("external_id", "name", "username")),
        "consents": list(
            contact.consents.values("purpose", "is_granted", "origin", "detail", "at")
        ),
        "touches": list(
            contact.touches.order_by("at").values(
                *("at", "kind", "source", "medium", "campaign", "content", "term"),
                *("landing_page", "referrer", "click_ids"),
            )
        ),
    }


def _points(contact: Contact, kind: str) -> list[str]:
    return list(contact.points.filter(kind=kind).values_list("value", flat=True))


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, UUID) else repr(value)
