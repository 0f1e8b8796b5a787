"""Static files in front of Django: no session, no database, no thread hops through middleware."""

import asyncio
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise import WhiteNoise

# Names that ManifestStaticFilesStorage made: their content never changes.
HASHED = r"\.[0-9a-f]{12}\.[^/]+$"


class StaticFiles(WhiteNoise):
    """An ASGI application for everything under STATIC_URL.

    In development a file is looked up in the sources at each request; in production the files
    made by collectstatic are known from the start and their hashed names are cached for ever.
    """

    def __init__(self) -> None:
        live = settings.DEVELOPMENT
        super().__init__(
            None,
            root=None if live else settings.STATIC_ROOT,
            prefix=settings.STATIC_URL,
            autorefresh=live,
            max_age=0 if live else 60,
            immutable_file_test=HASHED,
        )

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        """Where the sources have the file."""
        found = finders.find(url.removeprefix(settings.STATIC_URL))
        if isinstance(found, str):
            yield found

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # type: ignore[override]
        """Answer with the file, 304 or 404."""
        path: str = scope["path"]
        if self.autorefresh:
            found = await asyncio.to_thread(self.find_file, path)
        else:
            found = self.files.get(path)
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


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
