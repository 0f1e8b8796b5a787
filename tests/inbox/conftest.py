"""The sandbox, and platforms that live in this process."""

import pytest

from tests.inbox.mailing import MailDesk
from tests.inbox.platform import platform
from tests.inbox.scripted import scripted
from tests.sandbox_server import sandbox, telegram_bot

__all__ = ["platform", "sandbox", "scripted", "telegram_bot"]


@pytest.fixture
def mail_desk(transactional_db, acme, mailbox):
    """A connected mailbox."""
    return MailDesk(acme, mailbox)
