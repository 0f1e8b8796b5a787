"""Static files in front of Django: no session, no database, no thread hops through middleware."""

import asyncio
from pathlib import Path
from typing import Any

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

CHUNK = 256 * 1024


class StaticFiles:
    """An ASGI application for everything under STATIC_URL.

    In development a file is looked up through the finders at each request; in production the files
    made by collectstatic are known from the start and their hashed names are cached for ever.
    """

    def __init__(self) -> None:
        self.files = WhiteNoiseMiddleware(
            lambda request: None,
            settings=settings,
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with the file, 304 or 404."""
        path: str = scope["path"]
        found = (
            await asyncio.to_thread(self.files.find_file, path)
            if self.files.autorefresh
            else self.files.files.get(path)
        )
        if found is None:
            await _answer(send, 404, [(b"content-type", b"text/plain")], b"not found\n")
            return
        names = {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
        response = found.get_response(scope["method"], names)
        headers = [
            (name.lower().encode("latin-1"), str(value).encode("latin-1"))
            for name, value in response.headers
        ]
        body = b""
        if response.file is not None:
            body = await asyncio.to_thread(response.file.read)
            response.file.close()
        await _answer(send, int(response.status), headers, body)


def collected() -> bool:
    """Whether collectstatic was run."""
    return (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
