"""Where the servers may keep files: reachable for their user, short enough for a socket's name."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

# sun_path holds 104 bytes on macOS and 108 on Linux; PostgreSQL appends `/.s.PGSQL.5432.lock`.
LONGEST_SOCKET_FOLDER = 80
NOTE = "elsewhere"
FALLBACK = Path("/var/tmp")  # noqa: S108 - the folders made there have random names


def others_can_reach(path: Path) -> bool:
    """Whether any user may pass through the folder and all above it."""
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def home_for_other_user(folder: Path) -> Path:
    """A folder that another user can reach, for what belongs into `folder`.

    That is `folder` itself unless something above it is closed (a clone under root's home). The
    replacement is remembered in `folder`; replacements that nobody remembers are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if others_can_reach(folder):
        return folder
    _remove_forgotten()
    note = folder / NOTE
    if note.exists() and Path(note.read_text()).is_dir():
        return Path(note.read_text())
    place = Path(tempfile.mkdtemp(prefix="tandem-", dir=FALLBACK))
    place.chmod(0o711)
    (place / "origin").write_text(str(folder))
    note.write_text(str(place))
    return place


def _remove_forgotten() -> None:
    for origin in FALLBACK.glob("tandem-*/origin"):
        if origin.stat().st_uid != os.geteuid():
            continue
        note = Path(origin.read_text()) / NOTE
        if not note.exists() or note.read_text() != str(origin.parent):
            shutil.rmtree(origin.parent, ignore_errors=True)


def socket_folder(folder: Path, name: str) -> Path:
    """A private folder with a short path for a socket; the one before is removed."""
    place = folder / name
    if len(str(place)) <= LONGEST_SOCKET_FOLDER:
        place.mkdir(mode=0o700, exist_ok=True)
        return place
    note = folder / f"{name}.elsewhere"
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=f"tandem-{name}-"))
    note.write_text(str(place))
    return place
