"""What a card says, in the language in force and the days of the workspace."""

from datetime import date, datetime
from functools import lru_cache
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from channels_connectors.registry import connector_class, kinds
from crm.board.cards import Card
from inbox.models.message import Direction, Kind, Status
from inbox.templatetags.conversations import phone
from workspaces.zones import zone

# What is paid for by the click or the view, by what links call it.
PAID: Final = {"cpc", "cpm", "ppc", "paid", "ad", "ads", "banner", "display", "retargeting"}


def name_of(card: Card) -> str:
    """The customer, as `Contact.display_name` calls them."""
    row = card.row
    return called(row.contact__name, row.contact__phone, row.contact__email)


def called(name: str, number: str, email: str) -> str:
    """What a customer is called who has some of these."""
    return name or phone(number) or email or _("Unnamed")


def text_of(card: Card) -> str:
    """The last message; of a deal without a conversation, its title."""
    row = card.row
    kind, text = row.conversation__last_message_kind, row.conversation__last_message_text or ""
    if kind and kind != Kind.TEXT and kind in Kind.values:
        text = text or str(Kind(kind).label)
    is_failed = (
        row.conversation__last_message_direction == Direction.OUTGOING
        and row.conversation__last_message_status == Status.FAILED
    )
    if is_failed:
        return ": ".join([_("Not sent"), text])
    return text or row.title


def source_of(source: str, campaign: str) -> str:
    """Where a deal came from: VK · Sofas; a source that is a channel is called by its name."""
    return _source(source, campaign, get_language())


def tone_of(source: str, medium: str) -> str:
    """The dot beside the source: paid, free, or unknown."""
    if not source:
        return "rest"
    return "petrol" if medium.casefold() in PAID else "good"


def age_of(since: datetime) -> str:
    """How long it has been in its stage, in days."""
    return _days((_today() - since.astimezone(zone()).date()).days, get_language())


def due_of(card: Card) -> tuple[str, str]:
    """When the next task is due, and how urgent that is: danger, warning, faint.

    ("", "") where there is no task and none is missed: the customer waits for a reply anyway.
    """
    row = card.row
    if card.due_at is None:
        if row.status != "open" or row.conversation__waiting_since is not None:
            return "", ""
        return _("no task"), "warning"
    local, now = card.due_at.astimezone(zone()), timezone.now()
    days = (local.date() - _today()).days
    is_over = card.due_at < now if card.due_has_time else days < 0
    if days == 0:
        words = date_format(local, "H:i") if card.due_has_time else _("today")
        return words, "danger" if is_over else "warning"
    if days in {-1, 1}:
        return (_("yesterday"), "danger") if days < 0 else (_("tomorrow"), "faint")
    if 1 < days < 7:
        return _inside(date_format(local, "D")), "faint"
    return date_format(local, "d.m"), "danger" if is_over else "faint"


def month_of(day: date) -> str:
    """The name of a month inside a sentence."""
    return _inside(date_format(day, "F"))


def _inside(name: str) -> str:
    """The name of a day or a month as it is written inside a sentence: small in Russian."""
    return name.lower() if (get_language() or "").startswith("ru") else name


def _today() -> date:
    return timezone.now().astimezone(zone()).date()


@lru_cache(maxsize=2048)
def _source(source: str, campaign: str, _language: str | None) -> str:
    if not source:
        return _("Source unknown")
    name = str(connector_class(source).label) if source in kinds() else source
    return " · ".join(filter(None, [name, campaign]))


@lru_cache(maxsize=1024)
def _days(days: int, _language: str | None) -> str:
    if days <= 0:
        return _("today")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
