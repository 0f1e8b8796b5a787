"""The sandbox, and platforms that live in this process."""

from tests.inbox.platform import platform
from tests.inbox.scripted import scripted
from tests.sandbox_server import sandbox, telegram_bot

__all__ = ["platform", "sandbox", "scripted", "telegram_bot"]
