"""{% deal_cards cards funnel_url %}: cards of the board, as page and live news draw them."""

from collections.abc import Iterable
from typing import Any, Final

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core.fragment_cache import FragmentCache, locale, turn
from core.templatetags.avatars import avatar
from core.templatetags.icons import channel_icon
from core.templatetags.money import money
from crm.board import words
from crm.board.cards import Card
from inbox.templatetags.clocks import waiting_clock
from workspaces.zones import zone

register = template.Library()

TEMPLATE: Final = "crm/funnel/_card.html"
# Seconds. The browser keeps the clocks of those who wait going; how late they are is told anew.
KEPT_FOR: Final = 60

fragments: Final = FragmentCache(8_192)


@register.simple_tag
def deal_cards(cards: Iterable[Card], funnel_url: str) -> SafeString:
    """Each card, one after the other. The same for every viewer."""
    now, place = timezone.now(), f"{funnel_url} {locale(zone())}"
    parts = []
    for card in cards:
        is_over = card.due_at is not None and card.due_at < now
        waits = card.row.conversation__waiting_since is not None
        minute = turn(card.row.id, KEPT_FOR) if waits else None
        due = card.due_at, card.due_has_time, is_over
        shows = card.row, tuple(card.labels), due, place, minute
        parts.append(fragments.get(shows, _draw, card, funnel_url))
    return mark_safe("".join(parts))  # noqa: S308  a template's output


@register.simple_tag
def deal_card(card: Card, funnel_url: str) -> SafeString:
    """One of them."""
    return deal_cards([card], funnel_url)


def _draw(card: Card, funnel_url: str) -> str:
    return render_to_string(TEMPLATE, {"funnel_url": funnel_url, **face(card)})


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
