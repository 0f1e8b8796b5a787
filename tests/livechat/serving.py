"""The web process and the sorter inside the test's own process, on the test's database."""

import asyncio
import socket
import threading
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from inbox.sorter.loop import Sorter
from tests.live.conftest import eventually


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def serve(application, port: int):
    """An ASGI application on this port, in the running event loop."""
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, lifespan="off", log_level="warning"
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


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
