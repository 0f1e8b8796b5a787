"""Verbs on the steps of a series. Whoever has come past a step is not touched by what changes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from events import types
from inbox.models.conversation import By
from inbox.uploads import start_upload
from marketing.actions.broadcasts import MOST_FILES, require_verb
from marketing.checks import addresses_of, words_of
from marketing.formatting import reset
from marketing.links import store_links
from marketing.models import Broadcast, Series, SeriesParticipant, SeriesStep
from marketing.series.checks import MOST_STEPS, check_ready, check_step
from workspaces.permissions import Verb

TIMING: Final = frozenset({"delay_minutes", "at_time", "requires", "conditions", "otherwise"})
MESSAGE: Final = frozenset(
    {
        *("text", "entities", "texts", "texts_entities", "subject", "buttons", "template"),
        *("variants", "tracks_links", "adds_stop_line"),
    }
)
# What all steps send by is the series'.
_SHARED: Final = (
    *("channels", "window", "zone", "frequency_cap", "consent_policy"),
    *("reply_team", "reply_assignee"),
)


def add_step(series: Series, *, by: By, **values: Any) -> SeriesStep:
    """A step at the end. Raises `ValidationError` for one that cannot be kept."""
    series = _editable(series, by)
    step = _add(series, values)
    _changed(series, by)
    return step


def update_step(step: SeriesStep, *, by: By, **values: Any) -> SeriesStep:
    """Change when it comes, for whom, or its words: for those who have not come to it yet."""
    series = _editable(step.series, by)
    step = SeriesStep.objects.select_related("broadcast", "series").get(pk=step.pk)
    if _set(step, values):
        _changed(series, by)
    return step


def remove_step(step: SeriesStep, *, by: By) -> None:
    """Take it out: whoever waits for it goes on to the one after it."""
    series = _editable(step.series, by)
    _remove(series, step)
    _changed(series, by)


def move_step(step: SeriesStep, *, to: int, by: By) -> None:
    """Put it in another place of the order (from 0)."""
    series = _editable(step.series, by)
    steps = [one for one in steps_of(series) if one.pk != step.pk]
    if len(steps) == len(steps_of(series)):
        raise ValidationError(_("This step is not in the series any more."), code="removed")
    steps.insert(max(0, min(to, len(steps))), step)
    _number(steps)
    _changed(series, by)


def set_steps(series: Series, found: Sequence[Mapping[str, Any]], *, by: By) -> list[SeriesStep]:
    """All steps in their order: those with the `id` of one are it, the others are new, and what is
    not named is taken out."""
    series = _editable(series, by)
    known = {step.pk: step for step in steps_of(series)}
    named = [values["id"] for values in found if values.get("id")]
    if set(named) - set(known) or len(set(named)) != len(named):
        raise ValidationError(_("There is no such step."), code="steps")
    steps = []
    for values in found:
        rest = {name: value for name, value in values.items() if name != "id"}
        if values.get("id"):
            step = known[values["id"]]
            _set(step, rest)
        else:
            step = _add(series, rest)
        steps.append(step)
    for pk, step in known.items():
        if pk not in named:
            _remove(series, step)
    _number(steps)
    _changed(series, by)
    return steps


def add_step_file(step: SeriesStep, upload: "UploadedFile[bytes]", *, by: By) -> SeriesStep:
    """Put a file beside a step's text. Raises `ValidationError` for an empty or too large one."""
    series = _editable(step.series, by)
    broadcast = step.broadcast.lock()
    if len(broadcast.files) >= MOST_FILES:
        raise ValidationError(
            _("At most %(count)d files."), code="too_many_files", params={"count": MOST_FILES}
        )
    draft = start_upload(upload, by=None)
    names = ("kind", "name", "mime", "size", "width", "height", "path")
    broadcast.files = [*broadcast.files, {name: getattr(draft, name) for name in names}]
    draft.delete()
    broadcast.save(update_fields=["files", "updated_at"])
    step.broadcast = broadcast
    _changed(series, by)
    return step


def remove_step_files(step: SeriesStep, *, by: By) -> SeriesStep:
    """Take all files of a step away."""
    series = _editable(step.series, by)
    if step.broadcast.files:
        step.broadcast.files = []
        step.broadcast.save(update_fields=["files", "updated_at"])
        _changed(series, by)
    return step


def steps_of(series: Series) -> list[SeriesStep]:
    """Those that are in it, in order, with their broadcasts."""
    found = SeriesStep.objects.filter(series=series).in_order()
    return list(found.select_related("broadcast", "series"))


def sync_broadcasts(series: Series) -> None:
    """Have every step's broadcast send as the series says."""
    for step in steps_of(series):
        for name in _SHARED:
            setattr(step.broadcast, name, getattr(series, name))
        step.broadcast.name = series.name
        step.broadcast.save()


def start_broadcasts(series: Series) -> None:
    """Let the broadcasts of a running series' steps send."""
    if series.status != Series.Status.RUNNING:
        return
    for step in steps_of(series):
        broadcast = step.broadcast
        broadcast.status = Broadcast.Status.RUNNING
        broadcast.launched_at = broadcast.launched_at or timezone.now()
        broadcast.save(update_fields=["status", "launched_at"])
        if broadcast.tracks_links:
            store_links(broadcast, words_of(broadcast), addresses_of(broadcast))


def _editable(series: Series, by: By) -> Series:
    require_verb(by, Verb.WRITE_BROADCASTS)
    series = series.lock()
    if series.is_over:
        raise ValidationError(_("This series was stopped for good."), code="stopped")
    return series


def _changed(series: Series, by: By) -> None:
    """What runs must be able to run as it is now."""
    sync_broadcasts(series)
    if series.status == Series.Status.RUNNING:
        check_ready(series)
        start_broadcasts(series)
    series.record(types.SERIES_UPDATED, by=by, changed=["steps"])


def _add(series: Series, values: Mapping[str, Any]) -> SeriesStep:
    steps = steps_of(series)
    if len(steps) >= MOST_STEPS:
        raise ValidationError(
            _("At most %(count)d steps."), code="steps", params={"count": MOST_STEPS}
        )
    broadcast = Broadcast(name=series.name, author=series.author, is_rolling=True, is_frozen=True)
    for name in _SHARED:
        setattr(broadcast, name, getattr(series, name))
    position = max((step.position for step in steps), default=-1) + 1
    step = SeriesStep(series=series, broadcast=broadcast, position=position)
    _assign(step, values)
    check_step(step)
    broadcast.save()
    step.save()
    return step


def _set(step: SeriesStep, values: Mapping[str, Any]) -> bool:
    if not _assign(step, values):
        return False
    check_step(step)
    step.broadcast.save()
    step.save()
    return True


def _assign(step: SeriesStep, values: Mapping[str, Any]) -> bool:
    if unknown := set(values) - TIMING - MESSAGE:
        raise TypeError(f"A step has no {min(unknown)} to set.")
    is_changed = False
    for name, value in reset(step.broadcast, values).items():
        owner = step if name in TIMING else step.broadcast
        if getattr(owner, name) != value:
            setattr(owner, name, value)
            is_changed = True
    return is_changed


def _remove(series: Series, step: SeriesStep) -> None:
    following = next(
        (one for one in steps_of(series) if one.position > step.position and one.pk != step.pk),
        None,
    )
    step.removed_at = timezone.now()
    step.save(update_fields=["removed_at"])
    waiting = SeriesParticipant.objects.filter(series=series, step=step)
    waiting.filter(state=SeriesParticipant.State.ACTIVE).update(step=following)


def _number(steps: Sequence[SeriesStep]) -> None:
    for position, step in enumerate(steps):
        if step.position != position:
            step.position = position
            step.save(update_fields=["position"])


def step_of(series: Series, pk: UUID) -> SeriesStep | None:
    """A step that is in the series, by its id."""
    return next((step for step in steps_of(series) if step.pk == pk), None)
