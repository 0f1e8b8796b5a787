"""The web process and the sorter inside the test's own process, on the test's database."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import uvicorn

from inbox.sorter.loop import Sorter
from tests.live.conftest import eventually


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """An ASGI application on a port, in the running event loop."""

    def __init__(self, application, port: int) -> None:
        self.application, self.port = application, port

    async def start(self) -> None:
        config = uvicorn.Config(
            self.application,
            host="127.0.0.1",
            port=self.port,
            lifespan="off",
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None
        self.task = asyncio.create_task(self.server.serve())
        await eventually(lambda: self.server.started)

    async def stop(self) -> None:
        self.server.should_exit = True
        await self.task


@contextmanager
def sorting():
    """A sorter that works meanwhile."""
    sorter = Sorter()
    thread = threading.Thread(target=sorter.run)
    thread.start()
    try:
        yield
    finally:
        sorter.stop()
        thread.join(10)
