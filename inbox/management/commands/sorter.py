import logging
import signal

from django.core.management.base import BaseCommand

from core.warming import settle
from inbox.sorter.loop import Sorter

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Turn what the platforms delivered into conversations, until told to stop."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        sorter = Sorter()
        signal.signal(signal.SIGTERM, sorter.stop)
        signal.signal(signal.SIGINT, sorter.stop)
        settle()
        logger.info("Sorting.")
        sorter.run()
