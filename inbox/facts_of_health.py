"""Words for what platforms tell of an account's health."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

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
}
