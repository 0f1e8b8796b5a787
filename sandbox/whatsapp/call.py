"""One call of the Graph API, read: its query, its JSON or its form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .refusals import Refusal, missing

_SECRETS = ("access_token", "appsecret_proof", "verify_token", "pin")


@dataclass
class Call:
    """`node` and `resource` are the parts of the path; `base` is this server's own address."""

    verb: str
    node: str
    resource: str
    values: dict[str, Any]
    upload: web.FileField | None
    base: str
    token: str
    # Of the Resumable Upload API: the bytes, from where on, and its own kind of authorization.
    raw: bytes = b""
    file_offset: str = ""
    is_oauth: bool = False

    @classmethod
    async def of(cls, request: web.Request) -> Call:
        """Read a request. Raises Refusal for a body that is no JSON object."""
        values: dict[str, Any] = dict(request.query)
        upload, raw = None, b""
        if request.content_type == "application/json" and request.can_read_body:
            values |= _object(await request.text())
        elif "file_offset" in request.headers:
            raw = await request.read()
        elif request.can_read_body:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    upload = value
                else:
                    values[name] = value
        node, _, resource = request.match_info["path"].strip("/").partition("/")
        authorization = request.headers.get("Authorization", "")
        bearer = authorization.removeprefix("Bearer ").removeprefix("OAuth ")
        return cls(
            request.method,
            node,
            resource,
            values,
            upload,
            f"{request.scheme}://{request.host}",
            bearer or str(values.get("access_token") or ""),
            raw,
            request.headers.get("file_offset", ""),
            authorization.startswith("OAuth "),
        )

    def text(self, name: str) -> str:
        """A value as text; "" when it is absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """A text that must be there."""
        if not (value := self.text(name)):
            raise missing(name)
        return value

    def chosen(self, known: dict[str, Any], usual: str = "id") -> dict[str, Any]:
        """Of what is known the `fields` that were asked for."""
        fields = [name for name in (self.text("fields") or usual).split(",") if name]
        for name in fields:
            if name not in known:
                raise Refusal(100, f"Tried accessing nonexisting field ({name})")
        return {name: known[name] for name in ("id", *fields) if known.get(name) is not None}

    def shown(self) -> dict[str, Any]:
        """For the journal: without secrets."""
        hidden = {name: value for name, value in self.values.items() if name not in _SECRETS}
        if isinstance(hidden.get("webhook_configuration"), dict):
            url = hidden["webhook_configuration"].get("override_callback_uri")
            hidden["webhook_configuration"] = {"override_callback_uri": url}
        if self.upload is not None:
            hidden["file"] = self.upload.filename
        return hidden


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text or "{}")
    except ValueError:
        raise Refusal(100, "Invalid JSON in the body") from None
    if not isinstance(told, dict):
        raise Refusal(100, "The body is not a JSON object")
    return told
