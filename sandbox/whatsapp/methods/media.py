"""Files: uploaded before they are sent, fetched in two steps."""

from __future__ import annotations

from typing import Any

from sandbox.whatsapp.call import Call
from sandbox.whatsapp.checks import SHOWN
from sandbox.whatsapp.refusals import Refusal, missing, no_object
from sandbox.whatsapp.world import Account, World


def upload(world: World, account: Account, call: Call) -> dict[str, str]:
    """POST /{number}/media, a form with `messaging_product`, `type` and `file`."""
    if call.text("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if call.upload is None:
        raise missing("file")
    mime = (call.text("type") or call.upload.content_type).split(";")[0].strip()
    data = call.upload.file.read()
    if not data:
        raise Refusal(131053, "The file is empty.")
    if len(data) > SHOWN["document"][1]:
        raise Refusal(131053, "The file is too large.")
    return {"id": world.store(call.upload.filename, mime, data).id}


def get(world: World, account: Account, call: Call) -> dict[str, Any]:
    """GET /{media}: an address that takes the token, for a while."""
    file = world.files[call.node]
    number = call.text("phone_number_id")
    if number and number != account.phone_number_id:
        raise no_object(call.node)
    return {
        "messaging_product": "whatsapp",
        "url": f"{call.base}/whatsapp/files/{file.id}?ext=300&hash={file.key}",
        "mime_type": file.mime,
        "sha256": file.sha256,
        "file_size": file.size,
        "id": file.id,
    }


def delete(world: World, account: Account, call: Call) -> dict[str, Any]:
    """DELETE /{media}."""
    del world.files[call.node]
    return {"success": True}


METHODS = {
    ("POST", "number", "media"): upload,
    ("GET", "media", ""): get,
    ("DELETE", "media", ""): delete,
}
