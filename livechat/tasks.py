from celery import shared_task

from livechat import stored


@shared_task
def forget_old_uploads() -> None:
    """Remove visitors' uploads that their messages have long taken along, or never will."""
    stored.forget_old()
