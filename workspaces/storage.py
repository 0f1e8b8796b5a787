"""Where files lie: under MEDIA_ROOT, by workspace, under names that tell nothing."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from core.files import HEAD_BYTES
from core.ids import uuid7
from workspaces.scope import current_workspace_id


def new_path() -> str:
    """A place for a file of the workspace in scope, relative to MEDIA_ROOT. Tells nothing of it."""
    name = uuid7().hex
    return f"{current_workspace_id().hex}/{name[-2:]}/{name}"


def absolute(path: str) -> Path:
    """Where a stored file is."""
    return Path(settings.MEDIA_ROOT) / path


def write(chunks: Iterable[bytes], target: Path) -> bytes:
    """Write a new file; returns its first HEAD_BYTES."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    head = b""
    with target.open("xb") as file:
        for chunk in chunks:
            if len(head) < HEAD_BYTES:
                head += bytes(chunk[: HEAD_BYTES - len(head)])
            file.write(chunk)
    target.chmod(0o600)
    return head
