"""The Resumable Upload API: a session is begun, its bytes come, a handle names them."""

from __future__ import annotations

import secrets

from sandbox.whatsapp.call import Call
from sandbox.whatsapp.refusals import Refusal
from sandbox.whatsapp.world import Account, World

TYPES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")


def app(world: World, account: Account, call: Call) -> dict[str, str]:
    """GET /app: whose token it is."""
    return {"id": account.app_id, "name": "Sandbox"}


def begin(world: World, account: Account, call: Call) -> dict[str, str]:
    """POST /{app}/uploads?file_name&file_length&file_type."""
    if call.text("file_type") not in TYPES or not call.text("file_length").isdigit():
        raise Refusal(100, "file_type or file_length is not valid")
    name = f"upload:{secrets.token_urlsafe(18)}"
    world.uploads[name] = int(call.text("file_length"))
    return {"id": f"{name}?sig={secrets.token_urlsafe(9)}"}


def finish(world: World, account: Account, call: Call) -> dict[str, str]:
    """POST /upload:..., with the bytes from `file_offset` on."""
    if call.file_offset != "0" or not call.is_oauth:
        raise Refusal(100, "file_offset and Authorization: OAuth are required")
    if len(call.raw) != world.uploads.pop(call.node):
        raise Refusal(100, "The file has another length than was said")
    handle = f"4::{secrets.token_urlsafe(24)}"
    world.handles.add(handle)
    return {"h": handle}


METHODS = {
    ("GET", "app", ""): app,
    ("POST", "app", "uploads"): begin,
    ("POST", "upload", ""): finish,
}
