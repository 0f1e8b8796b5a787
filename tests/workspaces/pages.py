"""How the tests of pages ask and look."""

import re

from django.core import mail
from django.core.cache import cache
from django.test import Client

STREAM = {"Accept": "text/vnd.turbo-stream.html, text/html"}


def log_in_by_form(client: Client, email: str, password: str, **extra):
    """The answer of the log-in page."""
    return client.post("/accounts/login/", {"login": email, "password": password, **extra})


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def link_in_letter(pattern: str, letter: int = -1) -> str:
    """The path of the first link in a letter that fits the pattern."""
    found = re.search(rf"https?://[^/\s]+({pattern})", mail.outbox[letter].body)
    assert found, mail.outbox[letter].body
    return found[1]


def forget_rate_limits() -> None:
    """Each test begins as a stranger to the rate limits."""
    cache.clear()
