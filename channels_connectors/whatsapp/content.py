"""What a message of the Cloud API holds: its kind, words, file and what is needed to draw it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from channels_connectors import documents
from channels_connectors.ornaments import MALFORMED
from channels_connectors.types import InboundAttachment

from .people import Fields, text


class Content(NamedTuple):
    """All that is shown of a message."""

    kind: str
    text: str
    payload: Fields
    attachments: tuple[InboundAttachment, ...] = ()


def content(message: Fields) -> Content:
    """What this message holds. Content that we do not know is named, never dropped."""
    kind = kind_of(message)
    read, body = _READERS.get(kind), message.get(kind)
    found = None
    if read is not None and isinstance(body, dict | list):
        with suppress(*MALFORMED):
            found = read(body, message)
    if found is None:
        found = _unsupported(kind, message)
    found.payload.update(_surroundings(message))
    return found


def kind_of(message: Fields) -> str:
    """The type of a message, also where it is not told and what it holds tells."""
    told = message.get("type")
    return (
        told if isinstance(told, str) and told else next(filter(message.get, _READERS), "unknown")
    )


def _text(body: Fields, message: Fields) -> Content:
    return Content("text", str(body["body"]), {})


def _file(kind: str, name: str, mime: str) -> Callable[[Fields, Fields], Content | None]:
    def read(body: Fields, message: Fields) -> Content | None:
        media_id = text(body.get("id"))
        if not media_id:
            return None
        attachment = InboundAttachment(
            kind=kind,
            # The number is gone after seven days, the fingerprint stays the same.
            reference={"media_id": media_id, "sha256": text(body.get("sha256"))},
            name=text(body.get("filename")) or name,
            mime=text(body.get("mime_type")).split(";")[0].strip() or mime,
        )
        payload = {"animated": True} if body.get("animated") is True else {}
        return Content(kind, str(body.get("caption") or ""), payload, (attachment,))

    return read


def _audio(body: Fields, message: Fields) -> Content | None:
    if body.get("voice") is True:
        return _file("voice", "voice.ogg", "audio/ogg")(body, message)
    return _file("audio", "audio", "")(body, message)


def _location(body: Fields, message: Fields) -> Content:
    payload: Fields = {
        "latitude": float(body["latitude"]),
        "longitude": float(body["longitude"]),
    }
    for theirs, ours in (("name", "title"), ("address", "address"), ("url", "url")):
        if body.get(theirs):
            payload[ours] = str(body[theirs])
    return Content("location", "", payload)


def _contacts(body: list[Fields], message: Fields) -> Content:
    cards = [_card(card) for card in body]
    first = cards[0]
    payload = {
        **first,
        "is_sender": bool(first["user_id"]) and first["user_id"] == sender_of(message),
    }
    lines = []
    if len(cards) > 1:
        payload["contacts"] = cards
        lines = [": ".join(part for part in (c["name"], c["phone"]) if part) for c in cards]
    return Content("contact", "\n".join(lines), payload)


def _card(card: Fields) -> Fields:
    name = card.get("name") or {}
    phones = [found for found in card.get("phones") or () if isinstance(found, dict)]
    phone = phones[0] if phones else {}
    told: Fields = {
        "name": str(name.get("formatted_name") or name.get("first_name") or ""),
        "phone": str(phone.get("phone") or phone.get("wa_id") or ""),
        "user_id": str(phone.get("wa_id") or ""),
    }
    emails = [str(found.get("email")) for found in card.get("emails") or () if found.get("email")]
    if emails:
        told["email"] = emails[0]
    if company := (card.get("org") or {}).get("company"):
        told["company"] = str(company)
    return told


def sender_of(message: Fields) -> str:
    """The phone number of who wrote, where it is told."""
    return text(message.get("from"))


def _button(body: Fields, message: Fields) -> Content:
    # A quick reply of a template.
    return Content("text", str(body.get("text") or ""), {"button": str(body.get("payload") or "")})


def _interactive(body: Fields, message: Fields) -> Content | None:
    kind = str(body["type"])
    answer = body.get(kind)
    if not isinstance(answer, dict):
        return None
    if kind in ("button_reply", "list_reply"):
        payload: Fields = {"button": str(answer.get("id") or "")}
        if about := answer.get("description"):
            payload["description"] = str(about)
        return Content("text", str(answer.get("title") or ""), payload)
    if kind == "nfm_reply":
        return _form(answer)
    return None


def _form(answer: Fields) -> Content:
    """A form (a flow) that was filled in, or an address that was given."""
    raw = answer.get("response_json")
    try:
        told = documents.load(raw.encode()) if isinstance(raw, str) else raw
    except ValueError:
        told = None
    # The token is that of the form, not an answer.
    answers = (
        {str(key): value for key, value in told.items() if key != "flow_token"}
        if isinstance(told, dict)
        else {}
    )
    lines = [f"{key}: {_said(value)}" for key, value in answers.items()]
    name = str(answer.get("name") or "")
    head = str(answer.get("body") or name)
    payload: Fields = {"form": name, "answers": answers}
    return Content("text", "\n".join(line for line in (head, *lines) if line), payload)


def _said(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _order(body: Fields, message: Fields) -> Content:
    items, total = [], Decimal(0)
    currency = ""
    for product in body.get("product_items") or ():
        quantity, price = _quantity(product.get("quantity")), _money(product.get("item_price"))
        currency = str(product.get("currency") or currency)
        title = str(product["product_retailer_id"])
        items.append({"title": title, "quantity": quantity, "price": str(price)})
        total += quantity * price
    comment = str(body.get("text") or "")
    lines = [f"{item['title']} × {item['quantity']}" for item in items]
    payload = {
        "items": items,
        "amount": str(total),
        "currency": currency,
        "catalog": str(body.get("catalog_id") or ""),
    }
    words = [*lines, f"{total} {currency}".strip() if items else "", comment]
    return Content("order", "\n".join(line for line in words if line), payload)


def _quantity(value: Any) -> int:
    quantity = int(value or 1)
    if abs(quantity) > 10**9:
        raise ValueError("a quantity is too large")
    return quantity


def _money(value: Any) -> Decimal:
    try:
        price = Decimal(str(value or 0))
    except InvalidOperation:
        raise ValueError("a price is not a number") from None
    if not price.is_finite() or abs(price) > 10**15:
        raise ValueError("a price is not a number")
    return price


def _system(body: Fields, message: Fields) -> Content:
    payload: Fields = {"event": str(body.get("type") or "system")}
    for name in ("wa_id", "new_wa_id", "user_id", "customer", "identity"):
        if value := text(body.get(name)):
            payload[name] = value
    return Content("system", str(body.get("body") or ""), payload)


def _unsupported(kind: str, message: Fields) -> Content:
    if kind == "request_welcome":
        # Somebody opened the chat for the first time and has not written yet.
        return Content("system", "", {"event": kind})
    field = kind
    details = message.get(kind)
    if kind == "interactive" and isinstance(details, dict):
        field = f"interactive: {text(details.get('type'))}"
    elif kind in ("unsupported", "unknown") and isinstance(details, dict):
        # The newer ones say what it is that the API cannot hand out: a poll, an event.
        field = text(details.get("type")) or kind
    payload: Fields = {"field": field[:100]}
    errors = message.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        data = errors[0].get("error_data")
        said = (data.get("details") if isinstance(data, dict) else "") or errors[0].get("title")
        payload["reason"] = str(said or "")[:300]
    if isinstance(details, dict | list) and details:
        payload["raw"] = details
    return Content("unsupported", _words(details), payload)


def _words(details: Any) -> str:
    """What the customer wrote in content that cannot be read otherwise."""
    told = details if isinstance(details, dict) else {}
    words = [told.get(name) for name in ("caption", "text", "body")]
    return next((said for said in words if isinstance(said, str) and said), "")


def _surroundings(message: Fields) -> Fields:
    """What goes with any kind: forwarding, a product asked about, a changed security code."""
    told: Fields = {}
    context = message.get("context")
    if isinstance(context, dict):
        for name in ("forwarded", "frequently_forwarded"):
            if context.get(name) is True:
                told[name] = True
        if isinstance(product := context.get("referred_product"), dict):
            told["product"] = {str(key): text(value) for key, value in product.items()}
    if isinstance(identity := message.get("identity"), dict):
        told["identity"] = identity
    return told


_READERS: Final[dict[str, Callable[[Any, Fields], Content | None]]] = {
    "text": _text,
    "image": _file("image", "photo.jpg", "image/jpeg"),
    "video": _file("video", "video.mp4", "video/mp4"),
    "document": _file("file", "file", ""),
    "sticker": _file("sticker", "sticker.webp", "image/webp"),
    "audio": _audio,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "system": _system,
}
