"""What must hold of a broadcast before it is stored, and before it is launched."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class, kinds_that_tell
from channels_connectors.types import Capabilities
from core.conditions import InvalidCondition
from inbox.outgoing import text_length
from marketing import reach
from marketing.audience import audience_of, fulfilling
from marketing.formatting import Words, check_entities, fitting, urls_of
from marketing.models import Broadcast
from marketing.variants import METRICS
from marketing.wording import STOP_LINE, texts_in, unknown_variables

MOST_CHANNELS: Final = 10
MOST_VARIANTS: Final = 5
LONGEST_TEXT: Final = 16_000
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
FURTHEST_START: Final = timedelta(days=5 * 365)


def check_stored(broadcast: Broadcast) -> None:
    """Raise `ValidationError` for what cannot even be kept as a draft."""
    channels = _uuids(broadcast.channels)
    if len(channels) > MOST_CHANNELS or len(set(channels)) != len(channels):
        raise ValidationError(
            _("At most %(count)d channels, each once."),
            code="channels",
            params={"count": MOST_CHANNELS},
        )
    if Channel.objects.filter(pk__in=channels).count() != len(channels):
        raise ValidationError(_("There is no such channel."), code="channels")
    if broadcast.exclusions:
        fulfilling(broadcast.exclusions)
    _check_variants(broadcast)
    _check_start(broadcast.starts_at)
    check_window(broadcast.window)
    for words in all_words(broadcast):
        if text_length(words.text) > LONGEST_TEXT:
            raise ValidationError(_("The text is too long."), code="too_long")
        check_entities(words.text, words.entities)
        _check_variables([words.text, *urls_of(words.entities)])
    _check_variables([*texts_in(broadcast.buttons), *texts_in(broadcast.template)])


def check_ready(broadcast: Broadcast) -> None:
    """Raise `ValidationError` when it cannot be launched as it is."""
    check_stored(broadcast)
    if not broadcast.channels:
        raise ValidationError(_("Choose a channel."), code="channels")
    rules = reach.rules_of(broadcast)
    if not any(rule.is_on for rule in rules):
        raise ValidationError(_("None of its channels is connected."), code="channels")
    kinds = dict(Channel.objects.filter(pk__in=broadcast.channels).values_list("pk", "kind"))
    for rule in rules:
        _check_words(broadcast, rule, kinds[rule.channel_id])
    if (broadcast.winner or {}).get("metric") == "read" and not tells_reading(broadcast):
        raise ValidationError(
            _(
                "None of its channels tells who has read: choose the best version by another "
                "number."
            ),
            code="winner",
        )
    if broadcast.schedule != Broadcast.Schedule.NOW and broadcast.starts_at is None:
        raise ValidationError(_("Say when it is to be sent."), code="starts_at")
    if broadcast.is_rolling:
        return
    try:
        audience_of(broadcast)
    except InvalidCondition as error:
        raise ValidationError(
            _("The segment cannot be read any more: %(words)s"),
            code="segment",
            params={"words": error.messages[0]},
        ) from None


def tells_reading(broadcast: Broadcast) -> bool:
    """Whether a platform of one of its channels tells who has read a message."""
    channels = Channel.objects.filter(pk__in=broadcast.channels)
    return channels.filter(kind__in=kinds_that_tell("read")).exists()


def all_words(broadcast: Broadcast) -> list[Words]:
    """Every text that a recipient may be sent, with its formatting."""
    found = [Words(broadcast.subject)]
    for part in (_own(broadcast), *broadcast.variants):
        texts, formats = part.get("texts") or {}, part.get("texts_entities") or {}
        found.append(Words(str(part.get("text") or ""), part.get("entities") or ()))
        found += [Words(str(text), formats.get(key) or ()) for key, text in texts.items()]
    return [words for words in found if words]


def addresses_of(broadcast: Broadcast) -> list[str]:
    """Where its links and buttons lead."""
    found = [url for words in all_words(broadcast) for url in urls_of(words.entities)]
    for row in broadcast.buttons:
        for button in row if isinstance(row, list) else [row]:
            found += [str(button["value"])] if button.get("action") == "link" else []
    return found


def words_of(broadcast: Broadcast) -> list[str]:
    """Every text that a recipient may be sent."""
    return [words.text for words in all_words(broadcast)]


def words_for(broadcast: Broadcast, variant: str, channel_id: UUID, kind: str) -> Words:
    """The words for a channel: the variant's own before the broadcast's, a channel's before a
    kind's before those for all."""
    own: Mapping[str, Any] = next(
        (part for part in broadcast.variants if part["key"] == variant), {}
    )
    for part in (own, _own(broadcast)):
        texts, formats = part.get("texts") or {}, part.get("texts_entities") or {}
        for key in (str(channel_id), kind):
            if texts.get(key):
                return Words(str(texts[key]), formats.get(key) or ())
        if part.get("text"):
            return Words(str(part["text"]), part.get("entities") or ())
    return Words()


def stop_line_length(broadcast: Broadcast, capabilities: Capabilities) -> int:
    """Characters that the line about stopping takes, the empty one before it with it."""
    if not broadcast.adds_stop_line or capabilities.subject:
        return 0
    return len(_(STOP_LINE)) + 2


def _check_words(broadcast: Broadcast, rule: reach.Rule, kind: str) -> None:
    try:
        capabilities = connector_class(kind).capabilities
    except KeyError:
        return
    if broadcast.template and capabilities.templates:
        return
    for variant in broadcast.variants or [{"key": ""}]:
        words = words_for(broadcast, variant["key"], rule.channel_id, kind)
        if not words and not broadcast.files:
            raise ValidationError(_("Write a text or add a file."), code="empty")
        limit = capabilities.caption_limit if broadcast.files else capabilities.text_limit
        text = fitting(words, capabilities.formats).text
        if text_length(text) + stop_line_length(broadcast, capabilities) > limit:
            raise ValidationError(
                _("The text is longer than the %(count)d characters that a channel takes."),
                code="too_long",
                params={"count": limit},
            )
    if capabilities.subject and not broadcast.subject:
        raise ValidationError(_("A letter needs a subject."), code="subject")


def _own(broadcast: Broadcast) -> Mapping[str, Any]:
    names = ("text", "entities", "texts", "texts_entities")
    return {name: getattr(broadcast, name) for name in names}


def _check_variables(texts: Sequence[str]) -> None:
    if unknown := unknown_variables(" ".join(texts)):
        raise ValidationError(
            _("There is no value called “%(name)s”."),
            code="variable",
            params={"name": unknown[0]},
        )


def _check_variants(broadcast: Broadcast) -> None:
    keys = [str(variant.get("key") or "") for variant in broadcast.variants]
    if not keys and not broadcast.winner:
        return
    if len(keys) < 2 or len(keys) > MOST_VARIANTS or len(set(keys)) != len(keys) or "" in keys:
        raise ValidationError(
            _("Give two to %(count)d versions with different keys."),
            code="variants",
            params={"count": MOST_VARIANTS},
        )
    if broadcast.winner and broadcast.winner.get("metric") not in METRICS:
        raise ValidationError(_("A winner is chosen by another number."), code="winner")


def _check_start(starts_at: datetime | None) -> None:
    # What lies at the ends of the calendar cannot be told by every clock, and nobody plans it.
    if starts_at and not EARLIEST < starts_at < timezone.now() + FURTHEST_START:
        raise ValidationError(
            _("It begins within %(count)d years."),
            code="starts_at",
            params={"count": FURTHEST_START.days // 365},
        )


def check_window(window: Mapping[str, Any] | None) -> None:
    """Raise `ValidationError` for hours `{from, to, weekdays}` that are none."""
    if not window:
        return
    try:
        start, end = time.fromisoformat(window["from"]), time.fromisoformat(window["to"])
        days = set(window.get("weekdays") or [1])
    except (KeyError, TypeError, ValueError):
        raise ValidationError(_("Hours are given like 09:00."), code="window") from None
    if start == end or start.tzinfo or end.tzinfo or not days <= set(range(1, 8)):
        raise ValidationError(
            _("The hours end at another time than they begin, on days from 1 to 7."),
            code="window",
        )


def _uuids(values: Sequence[Any]) -> list[UUID]:
    try:
        return [UUID(str(value)) for value in values]
    except ValueError:
        raise ValidationError(_("There is no such channel."), code="channels") from None
