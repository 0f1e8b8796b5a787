"""Brings the database to where the processes can start: tables, a check, demo data."""

from __future__ import annotations

import gc
import os
import socket
import sys
import time
from urllib.parse import urlsplit

import django
from django.core.management import call_command
from django.db import OperationalError, connection

from core.postgresql.roles import owner_connections

BLIND = """\
This database cannot compare Cyrillic text: similarity('привет', 'превет') is 0.
Its character type is {ctype}. Create it with a UTF-8 one, for example:
  create database tandem template template0 encoding 'UTF8' locale 'C.UTF-8';"""


def main() -> None:
    """Migrate, check, and make the demo, which happens once however often it is asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # Hundreds of thousands of objects are made, hardly any of them in circles, and then it ends:
    # looking for circles would take a third of the time.
    gc.disable()
    with owner_connections():
        try:
            connection.ensure_connection()
        except OperationalError as error:
            sys.exit(f"The database does not answer (DATABASE_URL): {error}")
        check_text_search()
    call_command("migrate", verbosity=0, interactive=False)
    wanted = os.environ.get("TANDEM_SEED")
    if wanted in {"demo", "brief"}:
        await_platform()
        call_command("seed_demo", year=wanted == "demo", count_later=True)


def await_platform(seconds: float = 10) -> None:
    """Wait for the stand-in that the demo's channel is connected to; it starts beside us."""
    place = urlsplit(os.environ.get("TELEGRAM_API_URL", ""))
    if place.hostname not in {"localhost", "127.0.0.1"} or not place.port:
        return
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection((place.hostname, place.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def check_text_search() -> None:
    """Exit with words when the database's locale blinds the search by similar words."""
    with connection.cursor() as cursor:
        cursor.execute("create extension if not exists pg_trgm")
        cursor.execute("select similarity('привет', 'превет')")
        if cursor.fetchone()[0] > 0:
            return
        cursor.execute("select datctype from pg_database where datname = current_database()")
        sys.exit(BLIND.format(ctype=cursor.fetchone()[0]))


if __name__ == "__main__":
    main()
