"""Uploads in their three steps: an address, the file, the saving."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sandbox.vk.attachments import described
from sandbox.vk.parameters import Parameters
from sandbox.vk.refusals import Refusal, wrong
from sandbox.vk.world import Community, World


def photo_server(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """photos.getMessagesUploadServer."""
    _may(community, "photos")
    address = f"{base}/vk/upload/{community.id}/photo/{secrets.token_hex(8)}"
    return {"album_id": -64, "upload_url": address, "user_id": 0, "group_id": community.id}


def save_photo(
    world: World, community: Community, parameters: Parameters, base: str
) -> list[dict[str, Any]]:
    """photos.saveMessagesPhoto."""
    try:
        file = world.files[int(json.loads(parameters.required("photo"))[0]["photo"])]
    except (ValueError, LookupError, TypeError):
        raise wrong("photos_list is invalid") from None
    parameters.integer("server")
    if parameters.required("hash") != file.key:
        raise Refusal(121)
    return [described(file, base)["photo"]]


def doc_server(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, str]:
    """docs.getMessagesUploadServer."""
    _may(community, "docs")
    kind = parameters.text("type") or "doc"
    if kind not in ("doc", "audio_message", "graffiti"):
        raise wrong("type is invalid")
    parameters.integer("peer_id")
    address = f"{base}/vk/upload/{community.id}/{kind}/{secrets.token_hex(8)}"
    return {"upload_url": address}


def save_doc(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """docs.save."""
    number, _, key = parameters.required("file").partition("|")
    file = world.files.get(int(number)) if number.isdigit() else None
    if file is None or file.key != key:
        raise wrong("file is invalid")
    if (title := parameters.text("title")) and file.kind == "doc":
        file.name = title
    return described(file, base)


def _may(community: Community, right: str) -> None:
    if right not in community.rights:
        raise Refusal(15, "no access to call this method")


METHODS = {
    "photos.getMessagesUploadServer": photo_server,
    "photos.saveMessagesPhoto": save_photo,
    "docs.getMessagesUploadServer": doc_server,
    "docs.save": save_doc,
}
