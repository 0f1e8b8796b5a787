"""Handing files out."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Bot, StoredFile, World

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_LOCAL_DOWNLOAD = 2000 * 1024 * 1024
# Where a server of one's own keeps its files, unless it shares them with its client.
LOCAL_FOLDER = "/var/lib/telegram-bot-api"


async def get_file(world: World, bot: Bot, parameters: Parameters) -> dict[str, Any]:
    """Where a file can be fetched."""
    file = world.files.get(parameters.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > (MAX_LOCAL_DOWNLOAD if bot.is_local else MAX_DOWNLOAD):
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": _path(world, bot, file),
    }


def _path(world: World, bot: Bot, file: StoredFile) -> str:
    if not bot.is_local:
        return file.path
    shared = world.files_folder / file.file_id
    return str(shared) if bot.shares_files else f"{LOCAL_FOLDER}/{bot.token}/{file.path}"


METHODS = {"getFile": get_file}
