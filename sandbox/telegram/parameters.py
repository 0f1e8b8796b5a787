"""A call's parameters, however they came: query, form, multipart or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .refusals import Refusal, bad_request

MAX_UPLOAD = 50 * 1024 * 1024
MAX_LOCAL_UPLOAD = 2000 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file inside a call."""

    name: str
    mime: str
    data: bytes


class Parameters:
    """Typed reading, with the Bot API's own complaints."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
        self.values = values
        self.uploads = uploads

    @classmethod
    async def of(cls, request: web.Request, largest: int = MAX_UPLOAD) -> Parameters:
        """Read a request whose files have at most `largest` bytes.

        JSON values inside forms stay text until somebody asks for them.
        """
        values: dict[str, Any] = dict(request.query)
        uploads: dict[str, Upload] = {}
        if request.content_type == "application/json":
            raw = await request.read()
            body = _json(raw.decode(errors="replace"), "object") if raw else {}
            if not isinstance(body, dict):
                raise bad_request("can't parse JSON object")
            values.update(body)
        elif request.can_read_body:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(value.filename, value.content_type, value.file.read())
                else:
                    values[name] = value
        if any(len(upload.data) > largest for upload in uploads.values()):
            raise Refusal(413, "Request Entity Too Large")
        return cls(values, uploads)

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken as well."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """A string that must be there."""
        if not (value := self.text(name)):
            raise bad_request(f"{name} is empty")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number; without a default it must be there."""
        value = self.values.get(name, default)
        try:
            return int(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise bad_request(f"{name} must be an integer") from None

    def boolean(self, name: str) -> bool:
        """True, in any of the spellings that clients use."""
        return self.values.get(name) in (True, "true", "True", "1", 1)

    def structure(self, name: str) -> Any:
        """An object or an array, given as such or as JSON text; None when absent."""
        value = self.values.get(name)
        return _json(value, name) if isinstance(value, str) else value

    def summary(self) -> dict[str, Any]:
        """For the journal: values without secrets, files as their sizes."""
        shown = {name: value for name, value in self.values.items() if name != "secret_token"}
        return shown | {
            name: {"file": upload.name, "size": len(upload.data)}
            for name, upload in self.uploads.items()
        }


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise bad_request(f"can't parse {name} JSON object") from None
