"""Fixtures that every part of the suite shares."""

import socket

import pytest
from django.test import Client, TransactionTestCase

from core.redis import client
from tests.cast import Acme, Rival, make_acme, make_rival
from tests.emptying import empty_tables
from tests.sandbox_api import other_system  # noqa: F401  a fixture
from tests.sandbox_email import mailbox  # noqa: F401  a fixture
from tests.sandbox_max import max_bot  # noqa: F401  a fixture
from tests.sandbox_server import sandbox, telegram_bot  # noqa: F401  fixtures
from tests.sandbox_vk import vk_community  # noqa: F401  a fixture
from tests.sandbox_whatsapp import whatsapp_number  # noqa: F401  a fixture

TransactionTestCase._fixture_teardown = empty_tables


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Loopback and Unix sockets only: a test that reaches further is wrong."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"A test tried to reach {address!r}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The real hasher takes its time on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def full_buckets():
    """Redis has been up for long: no rate limit is careful because a test before emptied it."""
    client().set("ratelimit:born", 1)


@pytest.fixture
def acme(db) -> Acme:
    return make_acme()


@pytest.fixture
def rival(db) -> Rival:
    return make_rival()


@pytest.fixture
def log_in():
    """`log_in(membership)` gives a browser-like client of that member."""

    def make(membership) -> Client:
        client = Client()
        client.force_login(
            membership.user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return make
