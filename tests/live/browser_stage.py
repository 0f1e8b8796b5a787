"""A stage for <live-source>: our scripts in a browser, and a server that follows the test."""

import asyncio
import json
from pathlib import Path

from aiohttp import WSMsgType, web
from django.conf import settings

from config.assets import NPM_ASSETS

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
LIBRARIES = Path(settings.BASE_DIR) / "node_modules"

PAGE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{title}</title>
<meta name="turbo-refresh-method" content="morph">
<script type="importmap">{imports}</script>
<script type="module">
  import * as Turbo from "@hotwired/turbo"
  import "elements/live_source"
  Turbo.config.drive.progressBarDelay = 60000
  globalThis.heard = []
  for (const name of ["changed", "typing", "presence", "status"])
    document.addEventListener(`live:${{name}}`, ({{ detail }}) => heard.push([name, detail]))
</script></head>
<body><live-source url="/ws/live/acme/" data-live-seq="{seq}"></live-source>{body}</body></html>"""


class Connection:
    """One socket of the page."""

    def __init__(self, socket):
        self.socket, self.said, self.is_closed = socket, asyncio.Queue(), asyncio.Event()

    async def send(self, **frame):
        await self.socket.send_str(json.dumps(frame))

    async def news(self, seq, streams="", changed=(), **more):
        await self.send(type="news", seq=seq, streams=streams, changed=list(changed), **more)

    async def answer(self, seq):
        """To a `since`: nothing is missing."""
        await self.news(seq, replay=True)

    async def next(self, kind=None, timeout=5):
        while True:
            message = await asyncio.wait_for(self.said.get(), timeout)
            if kind in {None, message["type"]}:
                return message

    async def close(self, code):
        await self.socket.close(code=code)


class Stage:
    """The server. `seq` and `body` are what the next page shows."""

    def __init__(self):
        self.seq, self.body, self.frame = 10, "", "<p>frame</p>"
        self.pages = self.frames = 0
        self.delay = 0.0
        self.connections = asyncio.Queue()

    def application(self):
        application = web.Application()
        application.router.add_get("/", self._page)
        application.router.add_get("/other", self._page)
        application.router.add_get("/frame", self._frame)
        application.router.add_get("/ws/live/acme/", self._socket)
        application.router.add_static("/js/", SCRIPTS)
        application.router.add_static("/npm/", LIBRARIES)
        return application

    async def connected(self, seq=10, timeout=8, answer=True):
        """The page's next connection, past the hellos; returns it and what the page said."""
        connection = await asyncio.wait_for(self.connections.get(), timeout)
        await connection.send(type="hello", seq=seq)
        hello = await connection.next("hello")
        if answer and "since" in hello:
            await connection.answer(seq)
        return connection, hello

    async def _page(self, request):
        self.pages += 1
        names = {
            str(path.relative_to(SCRIPTS).with_suffix("")): f"/js/{path.relative_to(SCRIPTS)}"
            for path in SCRIPTS.rglob("*.js")
        }
        names |= {name: f"/npm/{path}" for name, path in NPM_ASSETS.items()}
        page = PAGE.format(
            title=request.path, imports=json.dumps({"imports": names}), seq=self.seq, body=self.body
        )
        return web.Response(text=page, content_type="text/html")

    async def _frame(self, request):
        self.frames += 1
        await asyncio.sleep(self.delay)
        frame = f'<turbo-frame id="list">{self.frame}</turbo-frame>'
        return web.Response(text=frame, content_type="text/html")

    async def _socket(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket)
        await self.connections.put(connection)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await connection.said.put(json.loads(message.data))
        connection.is_closed.set()
        return socket
