"""Secrets that were typed and did not do: kept for the next try, so that nobody types them twice.

They lie encrypted in the admin's session, under a name that only the refused form knows, and never
go back to the browser. Whoever begins anew, or takes half an hour, types them again.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from django.utils.crypto import get_random_string

from core.crypto import decrypt, encrypt
from inbox.channel_forms import ConnectForm
from workspaces.requests import WorkspaceRequest

GOOD_SECONDS: Final = 30 * 60
# Somebody may connect several accounts side by side, in as many tabs.
MOST_TRIES: Final = 4
_KEPT: Final = "typed-secrets"


def secrets_before(request: WorkspaceRequest, place: str) -> dict[str, str]:
    """What was typed at the try before this one, at the same `place`; empty at the first."""
    sealed = request.session.get(_KEPT, {}).get(request.POST.get("try", ""), "")
    found = _opened(sealed)
    if found.get("place") != _within(request, place):
        return {}
    return found["secrets"] if time.time() - found["at"] < GOOD_SECONDS else {}


def keep(request: WorkspaceRequest, form: ConnectForm, place: str) -> None:
    """Remember the secrets of a refused form, and let it say so."""
    forget(request)
    if secrets := form.secrets():
        name = get_random_string(16)
        kept = {**request.session.get(_KEPT, {}), name: _sealed(_within(request, place), secrets)}
        request.session[_KEPT] = dict(list(kept.items())[-MOST_TRIES:])
        form.keep(name, secrets)


def forget(request: WorkspaceRequest) -> None:
    """The try before has done, or is replaced by this one."""
    kept = dict(request.session.get(_KEPT, {}))
    if kept.pop(request.POST.get("try", ""), None):
        request.session[_KEPT] = kept


def _within(request: WorkspaceRequest, place: str) -> str:
    """What is typed in one workspace is good for no other."""
    return f"{request.workspace.pk}/{place}"


def _sealed(place: str, secrets: Mapping[str, str]) -> str:
    return encrypt({"place": place, "at": time.time(), "secrets": dict(secrets)}).decode()


def _opened(sealed: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = decrypt(sealed.encode()) if sealed else {}
    except ValueError:
        return {}
    return found
