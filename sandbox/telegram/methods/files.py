"""Handing files out."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, World

MAX_DOWNLOAD = 20 * 1024 * 1024


async def get_file(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """Where a file can be fetched."""
    file = world.files.get(parameters.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


METHODS = {"getFile": get_file}
