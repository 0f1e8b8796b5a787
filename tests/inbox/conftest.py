"""The sandbox, and a platform that lives in this process."""

from tests.inbox.platform import platform
from tests.sandbox_server import sandbox, telegram_bot

__all__ = ["platform", "sandbox", "telegram_bot"]
