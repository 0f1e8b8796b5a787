"""Files that agents add to what they write: drafts until the message is sent."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from core import files
from inbox.models import Attachment
from inbox.models.conversation import By
from workspaces import storage
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import workspace_scope

LARGEST_BYTES: Final = 50 * 1024 * 1024
DRAFTS_KEPT: Final = timedelta(days=1)
FORGOTTEN_AT_ONCE: Final = 1000

_KIND_OF_MIME: Final = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "image",
    "image/gif": "image",
    "video/mp4": "video",
    "video/webm": "video",
    "video/quicktime": "video",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "audio",
    "audio/wav": "audio",
    "audio/x-wav": "audio",
}


def start_upload(upload: "UploadedFile[bytes]", *, by: By) -> Attachment:
    """Keep a file as a draft of who uploads it; `send_message` claims it.

    Raises `ValidationError` for an empty or too large file.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)
    name, size = files.clean_name(upload.name or ""), upload.size or 0
    if size == 0:
        raise ValidationError(_("The file is empty."), code="empty")
    if size > LARGEST_BYTES:
        raise ValidationError(
            _("The file %(name)s is larger than %(limit)d MB."),
            code="file_too_large",
            params={"name": name, "limit": LARGEST_BYTES // (1024 * 1024)},
        )
    path = storage.new_path()
    target = storage.absolute(path)
    head = storage.write(upload.chunks(), target)
    mime = files.sniff(head, name)
    kind = _KIND_OF_MIME.get(mime, "file")
    width, height = _dimensions(target) if kind == "image" else (None, None)
    draft: Attachment = Attachment.objects.create(
        uploaded_by=by if isinstance(by, Membership) else None,
        reference=_owner(by),
        kind=kind,
        name=name,
        mime=mime,
        size=size,
        width=width,
        height=height,
        path=path,
        status=Attachment.Status.READY,
    )
    return draft


def drafts_of(by: By, wanted: Sequence[Attachment | UUID]) -> list[Attachment]:
    """The drafts, locked, in the order wanted; raises `ValidationError` unless all are theirs."""
    ids = [item.pk if isinstance(item, Attachment) else item for item in wanted]
    if not ids:
        return []
    owner = {"uploaded_by": by} if isinstance(by, Membership) else {"reference": _owner(by)}
    found = {
        draft.pk: draft
        for draft in Attachment.objects.select_for_update()
        .filter(pk__in=ids, message=None, status=Attachment.Status.READY, **owner)
        .order_by("pk")
    }
    if len(found) != len(set(ids)):
        raise ValidationError(_("A file is no longer here. Add it again."), code="attachment")
    return [found[pk] for pk in dict.fromkeys(ids)]


def forget_drafts() -> int:
    """Delete drafts that nobody has sent for a day, with their files; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, attachment_id from forgotten_drafts(%s, %s)",
            [str(DRAFTS_KEPT.total_seconds()) + " seconds", FORGOTTEN_AT_ONCE],
        )
        found = cursor.fetchall()
    return sum(_forget(workspace_id, attachment_id) for workspace_id, attachment_id in found)


def _forget(workspace_id: UUID, attachment_id: UUID) -> bool:
    with workspace_scope(workspace_id):
        drafts = Attachment.objects.filter(pk=attachment_id, message=None)
        draft = drafts.select_for_update(skip_locked=True).first()
        if draft is None:
            return False
        draft.delete()
    if draft.path:
        storage.absolute(draft.path).unlink(missing_ok=True)
    return True


def _owner(by: By) -> dict[str, str]:
    """Tokens upload too, but `uploaded_by` is a member."""
    return {"token": str(by.id)} if isinstance(by, ApiToken) else {}


def _dimensions(path: Path) -> tuple[int | None, int | None]:
    """Width and height in pixels. Only the header is read."""
    try:
        with Image.open(path) as image:
            return image.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, ValueError):
        return None, None
