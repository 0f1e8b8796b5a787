"""Brings the database to where the processes can start: tables, a check, demo data."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import call_command, get_commands
from django.db import OperationalError, connection

from core.postgresql.roles import owner_connections

BLIND = """\
This database cannot compare Cyrillic text: similarity('привет', 'превет') is 0.
Its character type is {ctype}. Create it with a UTF-8 one, for example:
  create database tandem template template0 encoding 'UTF8' locale 'C.UTF-8';"""


def main() -> None:
    """Migrate, check, and seed a database in which there is no workspace yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with owner_connections():
        try:
            connection.ensure_connection()
        except OperationalError as error:
            sys.exit(f"The database does not answer (DATABASE_URL): {error}")
        check_text_search()
    call_command("migrate", verbosity=0, interactive=False)
    if os.environ.get("TANDEM_SEED") == "demo" and "seed_demo" in get_commands():
        call_command("seed_demo")


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
