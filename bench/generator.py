"""A lean HTTP load generator: keep-alive connections, one request at a time on each.

    python -m bench.generator HOST PORT CONNECTIONS < requests (JSON Lines) > results (JSON)

A request is {"path", "headers": {...}, "body"}; the result is {"seconds", "latencies", "statuses"}.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

try:
    import uvloop
except ImportError:
    uvloop = None


class Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last has come."""

    def __init__(self, requests: Iterator[bytes], latencies: list[float], statuses: Counter):
        self.requests, self.latencies, self.statuses = requests, latencies, statuses
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.began = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(body) < length:
            return
        self.buffer = b""
        self.latencies.append(time.perf_counter() - self.began)
        self.statuses[int(head[9:12])] += 1
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed"))


def encode(request: dict, host: str) -> bytes:
    body = request["body"].encode()
    headers = {"Host": host, "Content-Type": "application/json", "Content-Length": len(body)}
    lines = [f"POST {request['path']} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in (headers | request["headers"]).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def run(host: str, port: int, connections: int, requests: list[bytes]) -> dict:
    latencies: list[float] = []
    statuses: Counter = Counter()
    queue = iter(requests)
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(queue, latencies, statuses), host, port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    return {
        "seconds": time.perf_counter() - began,
        "latencies": latencies,
        "statuses": dict(statuses),
    }


def main() -> None:
    host, port, connections = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    requests = [encode(json.loads(line), host) for line in sys.stdin]
    if uvloop:
        uvloop.install()
    json.dump(asyncio.run(run(host, port, connections, requests)), sys.stdout)


if __name__ == "__main__":
    main()
