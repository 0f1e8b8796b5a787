"""Programs that call the API."""

import pytest
from django.test import Client

from tests.api.calls import Program
from tests.cast import make_token
from tests.inbox.platform import platform

__all__ = ["platform"]


@pytest.fixture
def program(acme):
    """`program(role="agent", scopes=[...])` gives a program with a token of acme."""

    def make(**values) -> Program:
        with acme.scope():
            secret = make_token(**values)
        return Program(secret)

    return make


@pytest.fixture
def client(program) -> Program:
    """A program that may do everything."""
    return program()


@pytest.fixture
def stranger(rival) -> Program:
    """A program of another company."""
    with rival.scope():
        return Program(make_token())


@pytest.fixture
def nobody() -> Client:
    """A program without a token."""
    return Client()
