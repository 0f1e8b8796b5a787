"""News of messages that we sent, as inbound items."""

from __future__ import annotations

from typing import Any, Final, Literal

from channels_connectors.types import InboundConsent, InboundItem, InboundNotice, InboundStatus

from .errors import OF_THE_ACCOUNT, STOPPED, Refusal, refusal
from .people import Fields, moment_or_none, recipient, text

# A voice message that was played has been read.
_STATUSES: Final[dict[str, Literal["sent", "delivered", "read", "failed"]]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
_PRICE: Final = {
    "billable": "billable",
    "category": "category",
    "pricing_model": "model",
    "type": "type",
}


def status(told: Fields) -> list[InboundItem]:
    """One status; what it tells beyond the message follows it. Raises for what is none."""
    errors = told.get("errors")
    known = refusal(errors[0]) if isinstance(errors, list) and errors else None
    name = text(told["status"])
    item = InboundStatus(
        external_id=text(told["id"]),
        status=_STATUSES[name],
        at=moment_or_none(told.get("timestamp")),
        error_class=known.error_class if known and name == "failed" else "",
        error=known.msgid if known and name == "failed" else "",
        client_reference=text(told.get("biz_opaque_callback_data")),
        price=_price(told.get("pricing")),
    )
    return [item, *(_beyond(told, known) if known else [])]


def _beyond(told: Fields, known: Refusal) -> list[InboundItem]:
    """Some failures tell of the customer's wishes or of the account's state."""
    at = moment_or_none(told.get("timestamp"))
    if known.code == STOPPED:
        chat_id = recipient(told).chat_id
        return [InboundConsent(chat_id, "marketing", False, at, detail=known.detail)]
    if known.code in OF_THE_ACCOUNT:
        data = {"status": told}
        return [InboundNotice("send_refused", at, "critical", known.words, data)]
    return []


def _price(pricing: Any) -> Fields:
    if not isinstance(pricing, dict):
        return {}
    return {ours: pricing[theirs] for theirs, ours in _PRICE.items() if theirs in pricing}
