"""The clock: asks for what config/schedule.py lists. It needs the broker alone, so no Django."""

import logging

from celery.beat import Scheduler, Service

from config.celery import app


def main() -> None:
    """Tick until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    Service(app, scheduler_cls=Scheduler).start()


if __name__ == "__main__":
    main()
