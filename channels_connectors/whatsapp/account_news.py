"""News of the account itself: its templates, its quality, its limits, its troubles.

https://developers.facebook.com/docs/whatsapp/business-management-api/guides/set-up-webhooks
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

from channels_connectors.types import InboundItem, InboundNotice, InboundTemplate, Words

from .people import Fields, moment_or_none, text
from .templates import CATEGORIES, STATUSES

Level = Literal["info", "warning", "critical"]
Reader = Callable[[str, Fields, datetime | None], list[InboundItem]]

FLAGGED: Final = _(
    "WhatsApp sees a low quality of this number: customers block or report it. "
    "If it stays so, the number may send less."
)
UNFLAGGED: Final = _("The quality of this number is good again.")
LESS: Final = _("WhatsApp lets this number begin fewer conversations a day than before.")
MORE: Final = _("WhatsApp lets this number begin more conversations a day than before.")
VIOLATION: Final = _("WhatsApp says that the account breaks its rules. See Business Support Home.")
RESTRICTION: Final = _("WhatsApp has restricted the account. See Business Support Home in Meta.")
DISABLED: Final = _("WhatsApp has disabled the account. See Business Support Home in Meta.")
REMOVED: Final = _("The app no longer has access to the WhatsApp account. Connect it again.")
NAME_DECLINED: Final = _("WhatsApp does not accept the number’s display name. Choose another one.")
NAME_APPROVED: Final = _("WhatsApp has approved the number’s display name.")
PIN_CHANGED: Final = _("Somebody changed the number’s two-step verification PIN.")

_QUALITY: Final[dict[str, tuple[Level, Words]]] = {
    "FLAGGED": ("warning", FLAGGED),
    "UNFLAGGED": ("info", UNFLAGGED),
    "DOWNGRADE": ("warning", LESS),
    "UPGRADE": ("info", MORE),
    "ONBOARDING": ("info", ""),
    "THROUGHPUT_UPGRADE": ("info", ""),
}
_ACCOUNT: Final[dict[str, tuple[Level, Words]]] = {
    "ACCOUNT_VIOLATION": ("warning", VIOLATION),
    "ACCOUNT_RESTRICTION": ("critical", RESTRICTION),
    "DISABLED_UPDATE": ("critical", DISABLED),
    "ACCOUNT_DELETED": ("critical", REMOVED),
    "PARTNER_REMOVED": ("critical", REMOVED),
    "PARTNER_APP_UNINSTALLED": ("critical", REMOVED),
}
_SEVERITIES: Final[dict[str, Level]] = {"CRITICAL": "critical", "WARNING": "warning"}


def _template_status(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    event = text(value["event"])
    # FLAGGED only warns of a pause; what we do not know changes nothing either.
    status = STATUSES.get(event, "")
    about = value.get("other_info")
    said = text(about.get("description")) if isinstance(about, dict) else ""
    reason = text(value.get("reason"))
    item = InboundTemplate(
        external_id=text(value["message_template_id"]),
        name=text(value["message_template_name"]),
        language=text(value["message_template_language"]),
        at=at,
        status=status,
        category=_category(value.get("message_template_category")),
        reason=said or ("" if reason == "NONE" else reason),
    )
    return [item] if status else [item, _notice(field, value, at)]


def _template_quality(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    return [
        InboundTemplate(
            external_id=text(value["message_template_id"]),
            name=text(value["message_template_name"]),
            language=text(value["message_template_language"]),
            at=at,
            quality=text(value["new_quality_score"]),
        )
    ]


def _template_category(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    return [
        InboundTemplate(
            external_id=text(value["message_template_id"]),
            name=text(value["message_template_name"]),
            language=text(value["message_template_language"]),
            at=at,
            category=_category(value["new_category"]),
        )
    ]


def _number_quality(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    event = text(value["event"])
    level, said = _QUALITY.get(event, ("info", ""))
    health = {"quality_event": event}
    limit = value.get("current_limit") or value.get("max_daily_conversations_per_business")
    if limit:
        health["messaging_limit"] = text(limit)
    return [_notice(field, value, at, level, said, health)]


def _account_update(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    event = text(value["event"])
    level, said = _ACCOUNT.get(event, ("info", ""))
    ban = value.get("ban_info")
    if isinstance(ban, dict) and ban.get("waba_ban_state") == "REINSTATE":
        level, said = "info", ""
    return [_notice(field, value, at, level, said, {"account_event": event})]


def _alert(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    about = value.get("alert_info")
    about = about if isinstance(about, dict) else value
    level = _SEVERITIES.get(text(about.get("alert_severity")), "info")
    # Meta's own sentence: there is no list of them.
    said = text(about.get("alert_description"))
    return [_notice(field, value, at, level, said)]


def _capability(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    limit = (
        value.get("max_daily_conversations_per_business")
        or value.get("max_daily_conversation_per_phone")
        or ""
    )
    return [_notice(field, value, at, health={"messaging_limit": text(limit)} if limit else {})]


def _name_update(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    decision = text(value["decision"])
    approved = decision == "APPROVED"
    level: Level = "info" if approved else "warning"
    said = NAME_APPROVED if approved else NAME_DECLINED
    return [_notice(field, value, at, level, said, {"name_status": decision})]


def _security(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    changed = text(value.get("event")) == "PIN_CHANGED"
    return [
        _notice(field, value, at, "warning" if changed else "info", PIN_CHANGED if changed else "")
    ]


def _notice(
    field: str,
    value: Fields,
    at: datetime | None,
    level: Level = "info",
    said: Words = "",
    health: Fields | None = None,
) -> InboundNotice:
    return InboundNotice(field[:60], at, level, said, value, health or {})


def news(field: str, value: Fields, at: datetime | None) -> list[InboundItem]:
    """What a change of this field tells; None of it is lost, whatever the field."""
    read = READERS.get(field)
    return read(field, value, at) if read else [_notice(field, value, at)]


def time_of(entry: Fields) -> datetime | None:
    """When the platform says that it happened, which it does for the account's own news only."""
    return moment_or_none(entry.get("time"))


def _category(told: object) -> str:
    category = text(told).lower()
    return category if category in CATEGORIES else ""


READERS: Final[dict[str, Reader]] = {
    "message_template_status_update": _template_status,
    "message_template_quality_update": _template_quality,
    "template_category_update": _template_category,
    "phone_number_quality_update": _number_quality,
    "phone_number_name_update": _name_update,
    "account_update": _account_update,
    "account_alerts": _alert,
    "business_capability_update": _capability,
    "security": _security,
}
