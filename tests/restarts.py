"""What a restart of PostgreSQL does to those who use it."""

from threading import current_thread

import psycopg
from asgiref.sync import SyncToAsync
from django.db import connections

from core.postgresql.connections import connection_parameters


def end_all_sessions():
    """End the sessions of everybody in this database, in the middle of whatever they do.

    This thread begins anew, and that of the views, which the next tests use as well; whoever else
    holds a connection finds it dead.
    """
    with psycopg.connect(**{**connection_parameters(), "options": ""}) as own:
        own.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    connections.close_all()
    views = SyncToAsync.single_thread_executor
    if current_thread() not in views._threads:
        views.submit(connections.close_all).result()
