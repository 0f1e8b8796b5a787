"""Kept files as VK describes them."""

from __future__ import annotations

from typing import Any

from .world import StoredFile, now


def described(file: StoredFile, base: str) -> dict[str, Any]:
    """An attachment `{type, <type>: {...}}`."""
    url = f"{base}{file.path}"
    facts: dict[str, Any] = {"id": file.id, "owner_id": file.owner_id, "access_key": file.key}
    if file.kind == "photo":
        sizes = [
            {"type": kind, "width": width, "height": width * 3 // 4, "url": url}
            for kind, width in (("s", 75), ("m", 130), ("x", 604), ("z", 1280))
        ]
        return {"type": "photo", "photo": {**facts, "album_id": -3, "date": now(), "sizes": sizes}}
    if file.kind == "audio_message":
        voice = {**facts, "duration": 1, "link_ogg": url, "link_mp3": url, "waveform": [0, 5, 0]}
        return {"type": "audio_message", "audio_message": voice}
    extension = file.name.rpartition(".")[2] if "." in file.name else ""
    doc = {
        **facts,
        "title": file.name,
        "ext": extension,
        "size": file.size,
        "date": now(),
        "type": 1,
        "url": url,
    }
    return {"type": "doc", "doc": doc}
