"""The limits of this machine, measured in the same run: an ASGI app that only reads the request and
hands its body to all sockets, and a psycopg writer that only inserts.

    python -m bench.bare PORT
"""

import sys
import time
from uuid import UUID

READY = [(b"content-length", b"2"), (b"content-type", b"application/json")]

sockets = set()


async def application(scope, receive, send) -> None:
    """Says {}, then sends the body to each socket."""
    if scope["type"] == "websocket":
        await follow(receive, send)
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body")
    await send({"type": "http.response.start", "status": 200, "headers": READY})
    await send({"type": "http.response.body", "body": b"{}"})
    for socket in list(sockets):
        await socket({"type": "websocket.send", "text": body.decode()})


async def follow(receive, send) -> None:
    """A socket, until it closes."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "hello"})
    sockets.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    sockets.discard(send)


def rows_per_second(body: bytes, count: int, batch: int = 100) -> float:
    """Rows a second that one connection inserts into a table like the envelopes', in batches."""
    import psycopg

    from core.ids import uuid7
    from core.postgresql.connections import connection_parameters

    parameters = connection_parameters() | {"options": "-c timezone=UTC"}
    with psycopg.connect(**parameters) as connection:
        connection.execute(
            "create table if not exists bench_bare (id uuid primary key, dedup_key text unique,"
            " raw bytea, received_at timestamptz default now())"
        )
        began = time.perf_counter()
        for first in range(0, count, batch):
            ids: list[UUID] = [uuid7() for _ in range(batch)]
            keys = [f"{first + number}" for number in range(batch)]
            connection.execute(
                "insert into bench_bare (id, dedup_key, raw)"
                " select * from unnest(%s::uuid[], %s::text[], %s::bytea[])",
                [ids, keys, [body] * batch],
            )
        spent = time.perf_counter() - began
        connection.execute("drop table bench_bare")
    return count / spent


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        application,
        port=int(sys.argv[1]),
        lifespan="off",
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
