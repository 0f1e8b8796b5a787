"""Addresses of files for one visitor, good for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.urls import reverse

from inbox.models import Attachment

LIFETIME: Final = timedelta(minutes=10)
_signer: Final = signing.TimestampSigner(salt="livechat.file")


def show(attachment: Attachment, key: str, visitor_id: UUID) -> dict[str, Any]:
    """An attachment as the visitor's page needs it; without `url` it is not there (yet)."""
    shown: dict[str, Any] = {
        "id": str(attachment.pk),
        "kind": attachment.kind,
        "name": attachment.name,
        "size": attachment.size,
        "mime": attachment.mime,
        "width": attachment.width,
        "height": attachment.height,
        "status": attachment.status,
    }
    if attachment.status == Attachment.Status.READY:
        shown["url"] = address(attachment.pk, key, visitor_id)
    return shown


def address(attachment_id: UUID, key: str, visitor_id: UUID) -> str:
    """A path that opens this file for this visitor during LIFETIME."""
    path = reverse("livechat:file", args=[key, attachment_id])
    return f"{path}?pass={_signer.sign(f'{visitor_id.hex}.{attachment_id.hex}')}"


def visitor_with(given: str, attachment_id: UUID) -> UUID | None:
    """The visitor for whom this address of the file was made; None when it is not in force."""
    try:
        visitor, _, attachment = _signer.unsign(given, max_age=LIFETIME).partition(".")
        return UUID(visitor) if attachment == attachment_id.hex else None
    except (signing.BadSignature, ValueError):
        return None
