"""Words for what platforms tell of an account's health."""

from typing import Any, Final

from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


def _with_groups(number: int) -> str:
    return number_format(number, force_grouping=True)


_grouped = lazy(_with_groups, str)

WORDS: Final[dict[str, Any]] = {
    "pending": _("Waits at the platform"),
    "pending_updates": _("Waits at the platform"),
    "webhook_is_ours": _("The address is ours"),
    "last_error": _("Last error of delivery"),
    "last_error_at": _("When it was"),
    "status": _("State at the platform"),
    "quality": _("Quality"),
    "quality_rating": _("Quality"),
    "limit": _("Limit of messages"),
    "messaging_limit": _("Limit of messages"),
    "throughput": _("Throughput"),
    "verified_name": _("Name at the platform"),
    "name_status": _("State of the name"),
    "display_phone_number": _("Phone number"),
    "phone": _("Phone number"),
    "username": _("Username"),
    "review": _("Review of the account"),
    "account_status": _("State of the account"),
    "folder": _("Folder"),
    "last_delivery": _("Last delivery"),
    "subscribed": _("New messages are delivered to us"),
    "quality_event": _("Last judgement of quality"),
    "account_event": _("Last news of the account"),
}

_QUALITY: Final = {
    "GREEN": _("high"),
    "YELLOW": _("medium"),
    "RED": _("low"),
    "UNKNOWN": _("not known yet"),
    "NA": _("not known yet"),
}
_JUDGED: Final = {
    "APPROVED": _("approved"),
    "AVAILABLE_WITHOUT_REVIEW": _("approved"),
    "PENDING": _("in review"),
    "PENDING_REVIEW": _("in review"),
    "DECLINED": _("declined"),
    "REJECTED": _("declined"),
    "EXPIRED": pgettext_lazy("name", "expired"),
    "NONE": _("not asked for"),
}
# What platforms say in words of their own: Meta's of numbers and accounts, VK's of our address.
_SAID: Final[dict[str, dict[str, Any]]] = {
    "status": {
        "CONNECTED": _("connected"),
        "PENDING": _("being connected"),
        "OFFLINE": _("offline"),
        "FLAGGED": _("flagged for its quality"),
        "RESTRICTED": _("restricted"),
        "RATE_LIMITED": _("restricted"),
        "BANNED": _("banned"),
        "DISCONNECTED": _("disconnected"),
        "ok": _("delivers"),
        "wait": _("asks for our confirmation"),
        "failed": _("does not deliver"),
        "unconfigured": _("not set up"),
    },
    "quality": _QUALITY,
    "quality_rating": _QUALITY,
    "quality_event": {
        "ONBOARDING": _("the number is new"),
        "UPGRADE": _("the limit was raised"),
        "THROUGHPUT_UPGRADE": _("the throughput was raised"),
        "DOWNGRADE": _("the limit was lowered"),
        "FLAGGED": _("flagged for its quality"),
        "UNFLAGGED": _("flagged no more"),
    },
    "account_event": {
        "VERIFIED_ACCOUNT": _("verified"),
        "ACCOUNT_RESTRICTION": _("restricted"),
        "ACCOUNT_VIOLATION": _("a rule of the platform was broken"),
        "DISABLED_UPDATE": _("disabled"),
        "ACCOUNT_DELETED": pgettext_lazy("account", "deleted"),
        "PARTNER_ADDED": _("shared with a partner"),
        "PARTNER_REMOVED": _("shared with a partner no more"),
    },
    "name_status": _JUDGED,
    "review": _JUDGED,
    "throughput": {
        "STANDARD": _("80 messages a second"),
        "HIGH": _("1,000 messages a second"),
    },
    "messaging_limit": {
        "TIER_UNLIMITED": _("without a limit"),
        **{
            f"TIER_{name}": format_lazy(_("{number} customers a day"), number=_grouped(number))
            for name, number in (
                *(("50", 50), ("250", 250), ("1K", 1000), ("2K", 2000)),
                *(("10K", 10_000), ("100K", 100_000)),
            )
        },
    },
}


def in_words(name: str, value: Any) -> Any:
    """What a platform says of `name`; what has no words here is shown as it is."""
    if not isinstance(value, str):
        return value
    # Some of it is in our words already, in the source language.
    return _SAID.get(name, {}).get(value) or gettext(value)


def account_in_words(told: dict[str, Any]) -> str:
    """Whose account the bot answers for, and whether it may: "Ilya · lets the bot answer"."""
    if not told.get("enabled"):
        state = gettext("has taken the bot off")
    elif "can_reply" in (told.get("rights") or ()):
        state = gettext("lets the bot answer")
    else:
        state = gettext("lets the bot read only")
    username = str(told.get("username") or "")
    name = str(told.get("owner") or (f"@{username}" if username else ""))
    return f"{name} · {state}" if name else state
