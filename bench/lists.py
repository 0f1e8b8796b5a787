"""Server time of the conversation list and a thread, in workspaces of growing size.

    .venv/bin/python -m bench.lists [10000 100000 1000000]

Whole requests through Django's handler: middleware, queries, template. On a busy machine the clock
tells of the others too: beside it stands what the processor did for Python and for PostgreSQL. The
limit: the list's bare query by psycopg.
"""

import sys

from bench.clocks import clocked
from bench.world import milliseconds, row, timed, world

ROUNDS = 100


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    with world():
        row("conversations", "page", "p50 / p95 / p99 ms", "queries", "Python", "PostgreSQL")
        row(*["---"] * 6)
        _measure(sizes)


def _measure(sizes: list[int]) -> None:
    import psycopg
    from django.db import connection
    from django.test import Client

    from channels_connectors.models import Channel
    from core.postgresql.connections import SET_WORKSPACE, connection_parameters
    from core.postgresql.roles import owner_connections
    from core.warming import settle
    from demo.bulk import add_conversations
    from inbox.models import Conversation
    from inbox.templatetags import conversation_rows
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    with workspace_scope(workspace.id):
        channel = Channel.objects.create(kind="telegram", name="bot", status="active")
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    done = 0
    for size in sizes:
        add_conversations(workspace.id, channel.id, member.id, size - done)
        done = size
        with owner_connections(), connection.cursor() as cursor:
            cursor.execute("vacuum analyze")
        with workspace_scope(workspace.id):
            conversation = Conversation.objects.filter(status="accepted").first()
        settle()  # as a web process does once it has started
        pages = {
            "list, mine": "/w/bench/inbox/?view=mine",
            "list, new": "/w/bench/inbox/?view=new",
            "list, unanswered": "/w/bench/inbox/?view=unanswered",
            "list, archive": "/w/bench/inbox/?view=archive",
            "list, all": "/w/bench/inbox/?view=all",
            "thread": f"/w/bench/inbox/{conversation.pk}/",
        }
        for name, path in pages.items():
            assert client.get(path).status_code == 200, path
            row(f"{size:,}", name, *measure(lambda path=path: client.get(path)))

        def drawn_anew(path: str = pages["list, unanswered"]) -> None:
            conversation_rows.fragments.clear()
            client.get(path)

        row(f"{size:,}", "list, unanswered, every row drawn anew", *measure(drawn_anew))
        with psycopg.connect(**connection_parameters()) as bare:

            def query() -> None:
                with bare.transaction():
                    bare.execute(SET_WORKSPACE, [str(workspace.id)])
                    bare.execute(
                        "select v.*, c.name, h.kind from inbox_conversation v"
                        " join contacts_contact c"
                        "   on c.id = v.contact_id and c.workspace_id = v.workspace_id"
                        " join channels_connectors_channel h"
                        "   on h.id = v.channel_id and h.workspace_id = v.workspace_id"
                        " where v.workspace_id = %s and v.status = 'new'"
                        " order by v.last_activity_at desc, v.id limit 50",
                        [workspace.id],
                    ).fetchall()

            row(f"{size:,}", "bare query", milliseconds(timed(query, ROUNDS)), 1, "", "")


def measure(call) -> tuple[str, int, str, str]:
    """Clock, number of queries, and the medians of what Python and PostgreSQL used, in ms."""
    from django.db import connection

    queries = []

    def watch(execute, *query):
        queries.append(query)
        return execute(*query)

    with connection.execute_wrapper(watch):
        call()
    walls, python, postgres = clocked(call, ROUNDS).cells()
    return walls, len(queries), python, postgres


if __name__ == "__main__":
    main()
