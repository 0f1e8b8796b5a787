import logging
import signal

from django.core.management.base import BaseCommand

from core.warming import settle
from marketing.engine.loop import Broadcaster, be_nice

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send broadcasts, until told to stop."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        be_nice()
        settle()
        broadcaster = Broadcaster()
        signal.signal(signal.SIGTERM, broadcaster.stop)
        signal.signal(signal.SIGINT, broadcaster.stop)
        logger.info("Broadcasting.")
        broadcaster.run()
