"""Files from visitors: looked at, stripped, kept until their message takes them along."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from channels_connectors.types import names
from core import files, pictures
from livechat import stored
from livechat.envelopes import Upload
from livechat.limits import LARGEST_FILE
from livechat.widgets import Widget
from workspaces import storage

LIFETIME: Final = timedelta(days=1)
_SALT: Final = "livechat.upload"
_PLAYABLE: Final = frozenset(
    {"video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav"}
)
# What people send a shop. Never what a computer would run.
EXTENSIONS: Final = names(
    """
    jpg jpeg png gif webp heic heif bmp tif tiff pdf doc docx odt rtf txt xls xlsx ods csv ppt pptx
    odp key pages numbers zip rar 7z mp4 mov webm avi mkv 3gp mp3 m4a ogg oga opus wav aac amr dwg
    dxf skp psd ai eps cdr vcf eml
    """
)


class Refused(Exception):
    """A file that is not taken, in words for the visitor."""


def keep(upload: UploadedFile, widget: Widget) -> Upload:
    """Store a file. Raises `Refused`. Pictures lose what their camera wrote into them."""
    name = files.clean_name(upload.name or "")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    size = upload.size or 0
    if size == 0:
        raise Refused(_("The file is empty."))
    if size > LARGEST_FILE:
        raise Refused(
            _("Files may be up to %(count)d MB.") % {"count": LARGEST_FILE // (1024 * 1024)}
        )
    if extension not in EXTENSIONS:
        raise Refused(_("Files of this kind are not accepted."))
    target = stored.place(widget.key, uuid4().hex)
    mime = files.sniff(storage.write(upload.chunks(), target), name)
    width = height = None
    kind = "file"
    if mime.startswith("image/"):
        try:
            width, height = pictures.redraw(target, mime)
            kind = "image"
        except pictures.NotAPicture:
            mime = files.UNKNOWN_MIME
    elif mime in _PLAYABLE:
        kind = mime.partition("/")[0]
    return Upload(
        upload=target.name,
        kind=kind,
        name=name,
        mime=mime,
        size=target.stat().st_size,
        width=width,
        height=height,
    )


def seal(upload: Upload, widget: Widget, visitor_id: UUID) -> str:
    """What the browser sends along with the message, good for LIFETIME."""
    owner = [widget.channel.pk.hex, visitor_id.hex]
    return signing.dumps([owner, asdict(upload)], salt=_SALT, compress=True)


def unseal(sealed: object, widget: Widget, visitor_id: UUID) -> Upload | None:
    """The visitor's own upload; None for anything else."""
    if not isinstance(sealed, str) or len(sealed) > 2000:
        return None
    try:
        owner, fields = signing.loads(sealed, salt=_SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        return None
    return Upload(**fields) if owner == [widget.channel.pk.hex, visitor_id.hex] else None
