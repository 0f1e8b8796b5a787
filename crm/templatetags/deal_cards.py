"""{% deal_cards cards funnel_url %}: cards of the board, as page and live news draw them."""

import time
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.templatetags.avatars import avatar
from core.templatetags.icons import channel_icon
from core.templatetags.money import money
from crm.board import words
from crm.board.cards import Card, Row
from inbox.templatetags.clocks import waiting_clock
from workspaces.zones import zone

register = template.Library()

TEMPLATE: Final = "crm/funnel/_card.html"
# Seconds. The browser keeps the clocks of those who wait going; how late they are is told anew.
KEPT_FOR: Final = 60


@register.simple_tag
def deal_cards(cards: Iterable[Card], funnel_url: str) -> SafeString:
    """Each card, one after the other. The same for every viewer."""
    now = timezone.now()
    today, language = now.astimezone(zone()).date(), get_language()
    parts = [
        _drawn(
            card.row,
            tuple(card.labels),
            card.due_at,
            card.due_has_time,
            funnel_url,
            language,
            zone().key,
            today,
            card.due_at is not None and card.due_at < now,
            _moment(card),
        )
        for card in cards
    ]
    return mark_safe("".join(parts))  # noqa: S308  a template's output


@register.simple_tag
def deal_card(card: Card, funnel_url: str) -> SafeString:
    """One of them."""
    return deal_cards([card], funnel_url)


def _moment(card: Card) -> int:
    """Which minute it is for a card whose customer waits. Minutes begin at a moment of each card's
    own: drawn anew all at once, hundreds of them would hold up whoever looks first."""
    if card.row.conversation__waiting_since is None:
        return 0
    return int(time.time() + card.row.id.int % KEPT_FOR) // KEPT_FOR


@lru_cache(maxsize=8192)
def _drawn(
    row: Row,
    labels: tuple[tuple[str, str], ...],
    due_at: datetime | None,
    due_has_time: bool,
    funnel_url: str,
    _language: str | None,
    _zone: str,
    _today: date,
    _is_over: bool,
    _moment: int,
) -> str:
    """One card. Kept by all that it shows and all that its words depend on: of hundreds on a board
    few differ from a minute ago, and drawing them all would take most of the page's time."""
    card = Card(row, list(labels), due_at, due_has_time)
    drawn = get_template(TEMPLATE).template  # type: ignore[attr-defined]
    made: str = drawn.render(template.Context({"funnel_url": funnel_url, **face(card)}))
    return made


def face(card: Card) -> dict[str, Any]:
    """What the template of a card is given: words and signs, nothing left to look up."""
    row = card.row
    due, urgency = words.due_of(card)
    return {
        "id": str(row.id),
        "key": card.key,
        "stage": str(row.stage_id),
        "contact": str(row.contact_id),
        "conversation": str(row.conversation_id or ""),
        "sign": channel_icon(row.channel__kind) if row.channel__kind else "",
        "name": words.name_of(card),
        "title": row.title,
        "amount": money(row.amount, row.currency) if row.amount is not None else "",
        "text": words.text_of(card),
        "source": words.source_of(row.source, row.campaign),
        "tone": words.tone_of(row.source, row.medium),
        "labels": card.labels,
        "owner": row.owner_name or "",
        "face": avatar(row.owner_name, row.owner_id, "avatar--small") if row.owner_name else "",
        "clock": waiting_clock(row.conversation__waiting_since),
        "due": due,
        "urgency": urgency,
        "age": words.age_of(row.stage_since) if row.status == "open" else "",
    }
