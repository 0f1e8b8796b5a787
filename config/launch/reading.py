"""Reads the code of all processes, once, before they are forked from the one that did."""

import warnings
from importlib import import_module
from typing import Final

import django

# What the processes come to sooner or later; the rest is read as they ask for it.
MODULES: Final = (
    "config.celery",
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.concurrency.thread",
    "kombu.transport.redis",
    "config.asgi",
    "uvicorn",
    "uvicorn.loops.uvloop",
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)


def read_models() -> None:
    """Import what the database is prepared with: the models, and the addresses that links need."""
    # Containers often run as root; Celery's warning would be the first thing they read.
    warnings.filterwarnings("ignore", "You're running the worker with superuser")
    django.setup()
    import_module("config.urls")


def read_rest() -> None:
    """Import the rest and compile the templates. No thread and no connection is left behind."""
    for module in MODULES:
        import_module(module)
    from channels_connectors import registry
    from config.celery import app
    from core import warming

    app.loader.import_default_modules()
    registry.load_sending()
    warming.compile_templates()
    warming.read_addresses()
    warming.settle()
