"""Making and changing pipelines, and who works in them."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import money, positions
from crm.actions.ordering import put_beside
from crm.furniture import make_pipeline
from crm.history import By
from crm.models import Deal, Pipeline, PipelineAccess, Stage
from crm.models.stage import Group
from events import types
from events.journal import record
from workspaces.models import ApiToken, Membership, Team
from workspaces.permissions import Verb, require
from workspaces.zones import workspace_in_scope

COLUMNS: Final = ("name", "currency", "is_restricted", "allows_free_reason")


def create_pipeline(
    *,
    name: str,
    by: By,
    currency: str = "",
    stages: Iterable[dict[str, Any]] | None = None,
    **values: Any,
) -> Pipeline:
    """Make a pipeline after the others, with these stages or the usual ones.

    A stage is given as `{name, group?, color?, probability?, required_fields?}`; where none is
    given for winning or losing, a usual one is added. Raises `ValidationError`.
    """
    from crm.actions.stages import add_stages

    manage(by)
    currency = currency or workspace_in_scope().currency
    _check(name=name, currency=currency)
    if stages is None:
        pipeline = make_pipeline(name=name.strip(), currency=currency)
    else:
        last = Pipeline.objects.in_order().values_list("position", flat=True).last()
        pipeline = Pipeline.objects.create(
            name=name.strip(), currency=currency, position=positions.between(last, None)
        )
        add_stages(pipeline, list(stages))
    if not Pipeline.objects.filter(is_default=True).exists():
        Pipeline.objects.filter(pk=pipeline.pk).update(is_default=True)
        pipeline.is_default = True
    _set(pipeline, values)
    tell(pipeline, by, changed=["created"])
    return pipeline


def update_pipeline(pipeline: Pipeline, *, by: By, **values: Any) -> Pipeline:
    """Change `name`, `currency` (of deals to come), `is_restricted` with its `teams`,
    `allows_free_reason`, or make it the default one. A no-op when nothing differs."""
    manage(by)
    pipeline = locked_pipeline(pipeline)
    _check(**{name: values[name] for name in ("name", "currency") if name in values})
    if changed := _set(pipeline, values):
        tell(pipeline, by, changed=changed)
    return pipeline


def place_pipeline(
    pipeline: Pipeline, *, by: By, before: UUID | None = None, after: UUID | None = None
) -> None:
    """Put a pipeline right before or after another one."""
    manage(by)
    put_beside(pipeline, Pipeline.objects.in_use(), before=before, after=after)
    tell(pipeline, by, changed=["position"])


def archive_pipeline(pipeline: Pipeline, *, by: By) -> None:
    """Take a pipeline out of use; its deals and its history stay. A no-op when it is.

    Raises `ValidationError` while it is the default one or has open deals.
    """
    manage(by)
    # Moves hold the stage that they go into, so none can come in once all stages are held.
    stages = list(
        Stage.objects.select_for_update(no_key=True).filter(pipeline=pipeline).order_by("pk")
    )
    pipeline = locked_pipeline(pipeline)
    if pipeline.archived_at:
        return
    if pipeline.is_default:
        raise ValidationError(_("Make another pipeline the default one first."))
    number = Deal.objects.filter(pipeline=pipeline).open().count()
    if number:
        words = ngettext(
            "The pipeline has %(count)d open deal. Move or close it first.",
            "The pipeline has %(count)d open deals. Move or close them first.",
            number,
        )
        raise ValidationError(words, params={"count": number})
    now = timezone.now()
    pipeline.archived_at = now
    pipeline.save(update_fields=["archived_at"])
    # A move that waits looks at its stage again, not at the pipeline.
    in_use = [stage.pk for stage in stages if stage.archived_at is None]
    Stage.objects.filter(pk__in=in_use).update(archived_at=now)
    tell(pipeline, by, changed=["archived"])


def restore_pipeline(pipeline: Pipeline, *, by: By) -> None:
    """Take a pipeline into use again, with the stages it had then."""
    manage(by)
    pipeline = locked_pipeline(pipeline)
    if pipeline.archived_at is None:
        return
    Stage.objects.filter(pipeline=pipeline, archived_at=pipeline.archived_at).update(
        archived_at=None
    )
    pipeline.archived_at = None
    pipeline.save(update_fields=["archived_at"])
    tell(pipeline, by, changed=["restored"])


def manage(by: By) -> None:
    """Only who manages pipelines goes on. Raises `PermissionDenied`."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_PIPELINES)


def locked_pipeline(pipeline: Pipeline) -> Pipeline:
    """The pipeline as it is now, held until the transaction ends."""
    found: Pipeline = Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
    return found


def tell(subject: Model, by: By, *, changed: list[str], **data: Any) -> None:
    """Say that something of the pipelines is another thing now."""
    record(types.PIPELINE_CHANGED, subject=subject, by=by, data={"changed": changed, **data})


def _check(name: str | None = None, currency: str | None = None) -> None:
    if name is not None and not name.strip():
        raise ValidationError({"name": _("A name is needed.")})
    if currency is not None and currency not in money.currencies():
        raise ValidationError({"currency": _("There is no such currency.")})


def _set(pipeline: Pipeline, values: dict[str, Any]) -> list[str]:
    changed = []
    for name in COLUMNS:
        value = values.get(name)
        value = value.strip()[:80] if name == "name" and value else value
        if value is not None and getattr(pipeline, name) != value:
            setattr(pipeline, name, value)
            changed.append(name)
    if changed:
        pipeline.save(update_fields=changed)
    if values.get("is_default") and not pipeline.is_default:
        if pipeline.archived_at:
            raise ValidationError(_("An archived pipeline cannot be the default one."))
        Pipeline.objects.filter(is_default=True).update(is_default=False)
        Pipeline.objects.filter(pk=pipeline.pk).update(is_default=True)
        pipeline.is_default = True
        changed.append("is_default")
    if values.get("is_default") is False and pipeline.is_default:
        raise ValidationError({"is_default": _("Make another pipeline the default one instead.")})
    if values.get("teams") is not None and _set_teams(pipeline, values["teams"]):
        changed.append("teams")
    return changed


def _set_teams(pipeline: Pipeline, teams: Iterable[Team]) -> bool:
    wanted = {team.pk for team in teams}
    current = set(pipeline.access_list.values_list("team_id", flat=True))
    pipeline.access_list.filter(team_id__in=current - wanted).delete()
    PipelineAccess.objects.bulk_create(
        PipelineAccess(pipeline=pipeline, team_id=team_id) for team_id in wanted - current
    )
    return wanted != current


def outcome_groups() -> tuple[Group, ...]:
    """Groups of stages of which a pipeline always has one: where deals begin, and both ends."""
    return Group.ACTIVE, Group.WON, Group.LOST
