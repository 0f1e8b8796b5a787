import asyncio
import logging

from django.core.management.base import BaseCommand

from inbox.poller.loop import Poller

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Ask the platforms that cannot call us for news, until told to stop."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        logger.info("Polling.")
        asyncio.run(_run())


async def _run() -> None:
    await Poller().run()
