from celery import shared_task

from analytics.alerts import watching
from analytics.conversions import sending
from analytics.digest import decisions, making
from analytics.rollups import freshness
from analytics.saved import delivering
from analytics.spend import fetching


@shared_task
def add_up_facts() -> None:
    """Bring rollups in line with the facts that have changed."""
    freshness.refresh_all()


@shared_task
def fetch_spend() -> None:
    """Ask the advertising systems whose turn it is."""
    fetching.fetch_all_due()


@shared_task
def watch_metrics() -> None:
    """Tell members of numbers that are not as they should be."""
    watching.watch_all()


@shared_task
def deliver_reports() -> None:
    """Send the saved reports whose time has come."""
    delivering.deliver_due()


@shared_task
def make_digests() -> None:
    """Measure the decisions that are due, then put together the weeks that are over."""
    decisions.check_all_due()
    making.make_all_due()


@shared_task
def send_conversions() -> None:
    """Tell advertising systems what became of their clicks."""
    sending.send_all_due()
