"""What holds for all broadcasts of a workspace."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_connectors.models import MessageTemplate
from events import types
from events.journal import record
from inbox.models.conversation import By
from marketing.actions.broadcasts import require_verb
from marketing.checks import check_window
from marketing.limits import MEMORY
from marketing.models import MarketingSettings
from marketing.stop_words import LONGEST, START, STOP, normal
from workspaces.permissions import Verb
from workspaces.scope import current_scope

MOST_WORDS: Final = 50
LARGEST_LIMIT: Final = 10_000_000
LARGEST_PRICE: Final = Decimal(10_000)


def set_marketing_settings(*, by: By, **values: Any) -> MarketingSettings:
    """Change what is given. Raises `ValidationError` by field, `PermissionDenied`."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    found: MarketingSettings = (
        MarketingSettings.objects.select_for_update(no_key=True).first() or MarketingSettings()
    )
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        try:
            cleaned[name] = _CLEAN[name](value)
        except ValidationError as refusal:
            raise ValidationError({name: refusal.messages}) from None
    both = set(cleaned.get("stop_words", found.stop_words)) & set(
        cleaned.get("start_words", found.start_words)
    )
    if both:
        raise ValidationError({"start_words": _("A word cannot mean both.")})
    changed = sorted(name for name, value in cleaned.items() if getattr(found, name) != value)
    if not changed:
        return found
    for name in changed:
        setattr(found, name, cleaned[name])
    found.save()
    current_scope().memory.pop(MEMORY, None)
    record(types.MARKETING_SETTINGS_CHANGED, subject=found, by=by, data={"changed": changed})
    return found


def _hours(value: Mapping[str, Any] | None) -> dict[str, str] | None:
    if not value:
        return None
    check_window(value)
    return {"from": str(value["from"]), "to": str(value["to"])}


def _cap(value: Mapping[str, Any] | None) -> dict[str, int] | None:
    if not value:
        return None
    count, days = int(value["count"]), int(value["days"])
    if not 1 <= count <= 100 or not 1 <= days <= 365:
        raise ValidationError(_("From 1 to 100 messages in 1 to 365 days."), code="cap")
    return {"count": count, "days": days}


def _limit(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= LARGEST_LIMIT:
        raise ValidationError(_("Give a number above 0, or none."), code="limit")
    return value


def _words(value: Iterable[str]) -> list[str]:
    found = sorted({said for word in value if (said := normal(str(word)))} - STOP - START)
    if len(found) > MOST_WORDS or any(len(word) > LONGEST for word in found):
        raise ValidationError(
            _("At most %(words)d words or phrases of at most %(letters)d characters."),
            code="words",
            params={"words": MOST_WORDS, "letters": LONGEST},
        )
    return found


def _prices(value: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for category, price in value.items():
        if category not in MessageTemplate.Category.values:
            raise ValidationError(_("There is no such kind of template."), code="prices")
        if price in (None, ""):
            continue
        try:
            amount = Decimal(str(price).replace(",", "."))
        except InvalidOperation:
            raise ValidationError(_("A price is a number."), code="prices") from None
        if not 0 <= amount <= LARGEST_PRICE:
            raise ValidationError(_("A price is a number."), code="prices")
        found[category] = str(amount)
    return found


_CLEAN: Final = {
    "quiet_hours": _hours,
    "frequency_cap": _cap,
    "daily_limit": _limit,
    "stop_words": _words,
    "start_words": _words,
    "template_prices": _prices,
}
