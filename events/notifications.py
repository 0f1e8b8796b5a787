"""Telling members what they should know of: in the app, and by e-mail where it cannot wait."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from core import money
from events import types
from events.journal import SYSTEM, record
from events.models import Notification
from workspaces.models import Membership
from workspaces.permissions import RIGHTS, Verb

# One incident, such as an account that comes and goes, writes no more than a letter in this time.
LETTER_EVERY: Final = timedelta(hours=1)
# Values of `data` that are sentences of ours themselves.
TRANSLATED: Final = ("reason",)
KEPT_DAYS: Final = 90


def notify(
    members: Iterable[Membership],
    *,
    kind: str,
    words: str,
    data: dict[str, Any] | None = None,
    link: str = "",
    topic: str = "",
    level: str = Notification.Level.INFO,
    by_email: bool = False,
) -> list[Notification]:
    """A notification for each member. `words` is a msgid with named places for `data`; `link` a
    path of ours. Run in the scope of the workspace."""
    made = [
        Notification(
            membership=member,
            kind=kind,
            topic=topic,
            level=level,
            words=words,
            data=data or {},
            link=link,
        )
        for member in members
    ]
    if not made:
        return []
    if by_email:
        due = _letter_time(topic)
        for notification in made:
            notification.email_due_at = due
    Notification.objects.bulk_create(made)
    record(
        types.NOTIFICATION_CREATED,
        subject=made[0],
        by=SYSTEM,
        data={"kind": kind, "members": [str(one.membership_id) for one in made]},
    )
    return made


def mark_read(viewer: Membership, *, ids: Iterable[Any] | None = None) -> int:
    """The member has seen these, or all; returns how many were unread."""
    unread = Notification.objects.visible_to(viewer).unread()
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    count: int = unread.update(read_at=timezone.now())
    if count:
        record(types.NOTIFICATION_READ, subject=viewer, by=viewer, data={"member": str(viewer.pk)})
    return count


def latest_of(topic: str) -> Notification | None:
    """What was told last of an incident, to whomever."""
    found: Notification | None = (
        Notification.objects.filter(topic=topic, at__gte=timezone.now() - timedelta(KEPT_DAYS))
        .newest_first()
        .first()
    )
    return found


def members_who_may(verb: Verb) -> list[Membership]:
    """Active members whose role allows the verb."""
    roles = [role for role, rights in RIGHTS.items() if verb in rights]
    return list(Membership.objects.active().filter(role__in=roles).with_user())


def text_of(notification: Notification) -> str:
    """The sentence in the active language."""
    values = {
        name: gettext(value) if name in TRANSLATED and value else _told(value)
        for name, value in notification.data.items()
    }
    words = gettext(notification.words)
    try:
        return words % values
    except (KeyError, TypeError, ValueError):
        return words


def _told(value: Any) -> Any:
    """Money `{amount, currency}` and days `{day}` as the language in force writes them."""
    if isinstance(value, dict) and "amount" in value:
        return money.words(Decimal(value["amount"]), value["currency"])
    if isinstance(value, dict) and "day" in value:
        return date_format(date.fromisoformat(value["day"]), "j E")
    return value


def _letter_time(topic: str) -> datetime:
    now = timezone.now()
    if not topic:
        return now
    last = Notification.objects.filter(topic=topic).aggregate(last=Max("emailed_at"))["last"]
    return max(now, last + LETTER_EVERY) if last else now
