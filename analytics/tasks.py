from celery import shared_task

from analytics.rollups import freshness


@shared_task
def add_up_facts() -> None:
    """Bring rollups in line with the facts that have changed."""
    freshness.refresh_all()
