"""The state folder: where an instance keeps its servers, keys, files and what it is running now.

Only the standard library is used here: the settings read this module before anything is set up.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# What a running instance tells the commands that come later.
SHARED = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "PUBLIC_URL",
    "TELEGRAM_API_URL",
    "VK_API_URL",
    "WHATSAPP_API_URL",
    "MAX_API_URL",
    "API_CALLBACK_URL",
    "MAIL_TRUSTED_HOSTS",
)


def data_folder(environ: MutableMapping[str, str] | None = None) -> Path:
    """The state folder: TANDEM_DATA, or `.tandem` in the project."""
    environ = os.environ if environ is None else environ
    return Path(environ.get("TANDEM_DATA") or ROOT / ".tandem").absolute()


def make_folder(folder: Path) -> None:
    """Make the state folder: customers' files are in it, so nobody else may look inside.

    Root's PostgreSQL runs as another user, who must be able to pass through, not to list.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all or nothing."""
    make_folder(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def read_json(path: Path) -> dict[str, str]:
    """A small JSON object of strings; empty when the file is missing or torn."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keys(folder: Path) -> dict[str, str]:
    """SECRET_KEY and FIELD_KEYS of this instance, made once and kept beside its data."""
    path = folder / "keys.json"
    kept = read_json(path)
    if not kept:
        kept = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        write_private(path, json.dumps(kept, indent=2))
    return kept


def running_file(folder: Path) -> Path:
    """Where a running instance writes the addresses of its servers."""
    return folder / "running.json"


def adopt(environ: MutableMapping[str, str]) -> None:
    """Fill what the environment leaves open from this folder's own instance.

    Does nothing when DATABASE_URL is set: then the environment describes a whole deployment and a
    missing key must be an error, never a fresh secret.
    """
    if environ.get("DATABASE_URL"):
        return
    folder = data_folder(environ)
    found = {"TANDEM_DEVELOPMENT": "1", **keys(folder), **read_json(running_file(folder))}
    for name, value in found.items():
        if name.isupper():
            environ.setdefault(name, value)
    environ.setdefault("DATABASE_URL", "postgresql://tandem@localhost/tandem")
    environ.setdefault("REDIS_URL", "redis://localhost:6379/0")
