"""What customers fill in elsewhere in the community: lead forms and orders of its shop."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from channels_connectors.ornaments import Unread
from channels_connectors.types import InboundItem, InboundMessage

from .people import Fields, number, person


def lead(event: Fields, group_id: str) -> list[InboundItem]:
    """An application form with its answers, as a message of who filled it in."""
    user_id, lead_id = number(event["user_id"]), number(event["lead_id"])
    unread = Unread()
    answers = unread.each("answers", event.get("answers"), _answered)
    name = str(event.get("form_name") or "")
    lines = [f"{told['question']}: {told['answer']}".strip(": ") for told in answers]
    return [
        InboundMessage(
            chat_id=str(user_id),
            external_id=f"{user_id}:lead-{lead_id}",
            order=0,
            sent_at=None,
            kind="text",
            text="\n".join(line for line in (name, *lines) if line),
            sender=person(user_id),
            payload=unread.added_to(
                {"lead": lead_id, "form": event.get("form_id"), "answers": answers}
            ),
            referral={"form": name} if name else None,
        )
    ]


def order(event: Fields, group_id: str) -> list[InboundItem]:
    """An order in the community's shop."""
    user_id, order_id = number(event["user_id"]), number(event["id"])
    unread = Unread()
    items = unread.each("preview_order_items", event.get("preview_order_items"), _item)
    price = unread.attempt("total_price", event.get("total_price"), _price, _price(None))
    lines = [f"{item['title']} × {item['quantity']}" for item in items]
    total, comment = price.pop("text"), str(event.get("comment") or "")
    return [
        InboundMessage(
            chat_id=str(user_id),
            external_id=f"{user_id}:order-{order_id}",
            order=0,
            sent_at=unread.attempt("date", event.get("date"), _time, None),
            kind="order",
            text="\n".join(line for line in (*lines, total, comment) if line),
            sender=person(user_id),
            payload=unread.added_to(
                {"order": str(event.get("display_order_id") or order_id), "items": items, **price}
            ),
        )
    ]


def _answered(answer: Fields) -> Fields:
    return {
        "key": str(answer.get("key") or ""),
        "question": str(answer.get("question") or ""),
        "answer": _answer(answer.get("answer")),
    }


def _item(item: Fields) -> Fields:
    return {"title": str(item.get("title") or ""), "quantity": number(item.get("quantity", 1))}


def _price(price: Fields | None) -> Fields:
    price = price or {}
    return {
        "text": str(price.get("text") or ""),
        "amount": _units(price.get("amount")),
        "currency": str((price.get("currency") or {}).get("name") or ""),
    }


def _time(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _units(hundredths: object) -> str:
    """VK tells sums in hundredths of the currency."""
    told = str(hundredths or "")
    return str(Decimal(told) / 100) if told.isascii() and told.isdigit() else ""


def _answer(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value or "")
