"""Addresses of the pictures in a letter: signed, and good for a quarter of an hour.

The frame that shows a letter has no log-in, so the address itself must say that whoever has it was
shown the letter.
"""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

GOOD_SECONDS: Final = 15 * 60
LONGEST_ADDRESS: Final = 2000
_SALT: Final = "inbox.letters.pictures"


def of_attachment(workspace_id: UUID, attachment_id: UUID) -> str:
    """A picture that came with the letter."""
    return _address({"workspace": str(workspace_id), "attachment": str(attachment_id)})


def from_elsewhere(address: str) -> str | None:
    """A picture that we fetch when a browser asks us for it; None for an absurd address."""
    return _address({"url": address}) if len(address) <= LONGEST_ADDRESS else None


def opened(token: str) -> dict[str, Any]:
    """What was signed. Raises `BadSignature`, also when it is too old."""
    found: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=GOOD_SECONDS)
    return found


def _address(facts: dict[str, str]) -> str:
    token = signing.dumps(facts, salt=_SALT, compress=True)
    return settings.PUBLIC_URL + reverse("letter-picture", args=[token])
