"""Message templates: sending one, and the account's list of them.

https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Json, Template

from .api import Api
from .uploads import Media
from .words import TEMPLATE_NAME

Status = Literal["approved", "pending", "rejected", "paused", "disabled"]

STATUSES: Final[dict[str, Status]] = {
    "APPROVED": "approved",
    "REINSTATED": "approved",
    "PENDING": "pending",
    "IN_APPEAL": "pending",
    "APPEAL_REQUESTED": "pending",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "ARCHIVED": "disabled",
    "DELETED": "disabled",
    "PENDING_DELETION": "disabled",
    "LIMIT_EXCEEDED": "disabled",
    "LOCKED": "disabled",
}
CATEGORIES: Final = frozenset({"marketing", "utility", "authentication"})

_FIELDS: Final = (
    "id,name,language,category,status,components,parameter_format,quality_score,rejected_reason"
)
_PAGE: Final = 100
_MOST_PAGES: Final = 100
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")


def message(template: Json, media: Media | None, place: Json | None = None) -> Json:
    """The `template` of a message; `media` or `place` fill its header.

    `template` is `OutboundMessage.payload["template"]`. Of its `buttons` each is the variable of
    the button with this number, "" where it has none: text ends a link's address, and
    `{type, value}` with WhatsApp's `sub_type` fills the others (quick_reply, copy_code).
    """
    components = [
        *_header(template.get("header"), media, place),
        *_texts("body", template.get("body")),
        *_buttons(template.get("buttons")),
    ]
    told: Json = {
        "name": str(template.get("name") or ""),
        "language": {"code": str(template.get("language") or "")},
    }
    return {**told, "components": components} if components else told


async def list_all(config: ChannelConfig) -> list[Template]:
    """All templates of the account, page after page. Raises ConnectorError."""
    found: list[Template] = []
    after = ""
    async with Api(config) as api:
        for _ in range(_MOST_PAGES):
            asked = {"fields": _FIELDS, "limit": str(_PAGE), **({"after": after} if after else {})}
            told = await api.get(f"{api.waba_id}/message_templates", **asked)
            found += [read(one) for one in told.get("data") or ()]
            paging = told.get("paging") or {}
            after = str((paging.get("cursors") or {}).get("after") or "")
            if not after or not paging.get("next"):
                break
    return found


async def create(config: ChannelConfig, template: Template) -> Template:
    """Hand a template in for approval. Raises ConnectorError."""
    if not _NAME.fullmatch(template.name):
        raise ConnectorError("bad_content", TEMPLATE_NAME)
    asked = {
        "name": template.name,
        "language": template.language,
        "category": template.category.upper(),
        "parameter_format": "NAMED" if template.named else "POSITIONAL",
        "components": template.components,
    }
    async with Api(config) as api:
        told = await api.post(f"{api.waba_id}/message_templates", asked)
    return Template(
        external_id=str(told.get("id") or ""),
        name=template.name,
        language=template.language,
        # WhatsApp may think of it otherwise than we do, and then it costs otherwise.
        category=_category(told.get("category") or template.category),
        status=STATUSES.get(str(told.get("status")), "pending"),
        components=template.components,
        named=template.named,
    )


async def delete(config: ChannelConfig, name: str) -> None:
    """Delete a template in all its languages. Raises ConnectorError."""
    async with Api(config) as api:
        await api.call("DELETE", f"{api.waba_id}/message_templates", params={"name": name})


def read(told: dict[str, Any]) -> Template:
    """A template as the account's list tells it."""
    reason = str(told.get("rejected_reason") or "")
    return Template(
        external_id=str(told.get("id") or ""),
        name=str(told.get("name") or ""),
        language=str(told.get("language") or ""),
        category=_category(told.get("category")),
        status=STATUSES.get(str(told.get("status")), "disabled"),
        components=list(told.get("components") or ()),
        named=told.get("parameter_format") == "NAMED",
        quality=str((told.get("quality_score") or {}).get("score") or ""),
        reason="" if reason == "NONE" else reason,
    )


def _category(told: Any) -> str:
    """WhatsApp had other names for them before 2023; all of those were about a purchase."""
    category = str(told or "").lower()
    return category if category in CATEGORIES else "utility"


def _header(given: Any, media: Media | None, place: Json | None) -> list[Json]:
    if media is not None:
        return [_component("header", [{"type": media.kind, media.kind: media.body}])]
    if place:
        return [_component("header", [{"type": "location", "location": place}])]
    return _texts("header", given)


def _texts(kind: str, given: Any) -> list[Json]:
    """Variables by their place, or by their names where they come as a dict."""
    if isinstance(given, dict):
        parameters = [
            {"type": "text", "parameter_name": str(name), "text": str(value)}
            for name, value in given.items()
        ]
    else:
        parameters = [{"type": "text", "text": str(value)} for value in given or ()]
    return [_component(kind, parameters)] if parameters else []


def _buttons(given: Any) -> list[Json]:
    values = given.items() if isinstance(given, dict) else enumerate(given or ())
    return [_button(str(index), value) for index, value in values if value not in ("", None)]


def _button(index: str, value: Any) -> Json:
    kind, said = "url", value
    if isinstance(value, dict):
        kind, said = str(value.get("type") or "url"), value.get("value")
    parameter = {
        "quick_reply": {"type": "payload", "payload": str(said)},
        "copy_code": {"type": "coupon_code", "coupon_code": str(said)},
    }.get(kind, {"type": "text", "text": str(said)})
    return {"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]}


def _component(kind: str, parameters: list[Json]) -> Json:
    return {"type": kind, "parameters": parameters}
