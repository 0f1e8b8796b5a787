"""The sandbox, and platforms that live in this process."""

import pytest

from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.mailing import MailDesk
from tests.inbox.platform import platform
from tests.inbox.scripted import scripted
from tests.sandbox_server import sandbox, telegram_bot

__all__ = ["platform", "sandbox", "scripted", "telegram_bot"]


@pytest.fixture
def talk(acme):
    """A new conversation with Maria, who has asked something."""
    with acme.scope():
        talk = make_conversation(make_channel(), name="Maria", status="new")
        make_message(talk, "Is it in stock?")
        return talk


@pytest.fixture
def mail_desk(transactional_db, acme, mailbox):
    """A connected mailbox."""
    return MailDesk(acme, mailbox)
