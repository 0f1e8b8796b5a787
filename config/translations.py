"""Compiles the catalogues without GNU gettext."""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
HIDDEN = {".venv", ".tools", "node_modules"}


def catalogues(root: Path = ROOT) -> list[Path]:
    """Every `<app>/locale/<language>/LC_MESSAGES/*.po` of the project."""
    found = root.glob("*/locale/*/LC_MESSAGES/*.po")
    return sorted(path for path in found if path.relative_to(root).parts[0] not in HIDDEN)


def compile_all(root: Path = ROOT) -> list[Path]:
    """Write the `.mo` beside each catalogue that is newer than it; returns those written."""
    written = []
    for source in catalogues(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(".mo.draft")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(target)
        written.append(target)
    return written
