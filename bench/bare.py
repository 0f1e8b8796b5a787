"""The limits of this machine, measured in the same run: an ASGI app that only reads the request,
and a psycopg writer that only inserts."""

import time
from uuid import UUID

READY = [(b"content-length", b"2"), (b"content-type", b"application/json")]


async def application(scope, receive, send) -> None:
    """Reads the body and says {}."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": READY})
    await send({"type": "http.response.body", "body": b"{}"})


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
