"""Making, changing and taking away stages of a pipeline."""

from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core import positions
from crm.actions.moving import move_deal
from crm.actions.ordering import put_beside, put_in_order
from crm.actions.pipelines import locked_pipeline, manage, outcome_groups, tell
from crm.actions.values import REQUIRABLE
from crm.furniture import STAGES
from crm.history import By
from crm.models import Deal, LossReason, Pipeline, Stage
from crm.models.stage import Group

COLORS: Final = ("petrol", "ochre", "plum", "moss", "brick", "paper")
OWN_FIELDS: Final = ("fields.", "contact.fields.")
MOST_STAGES: Final = 60


def create_stage(
    pipeline: Pipeline,
    *,
    name: str,
    by: By,
    group: str = Group.ACTIVE,
    after: UUID | None = None,
    **values: Any,
) -> Stage:
    """Add a stage to its group: after a stage, or at the group's end. Raises `ValidationError`."""
    manage(by)
    pipeline = locked_pipeline(pipeline)
    in_use = Stage.objects.in_use().filter(pipeline=pipeline)
    if in_use.count() >= MOST_STAGES:
        raise ValidationError(
            _("A pipeline has at most %(count)d stages.") % {"count": MOST_STAGES}
        )
    stage = _new(pipeline, {"name": name, "group": group, **values})
    last = in_use.in_order().last()
    stage.position = positions.between(last.position if last else None, None)
    stage.save(force_insert=True)
    same = in_use.filter(group=group).exclude(pk=stage.pk).in_order().last()
    put_beside(stage, in_use, before=None, after=after or (same.pk if same else None))
    tell(pipeline, by, changed=["stages"], stage=str(stage.pk))
    return stage


def update_stage(stage: Stage, *, by: By, **values: Any) -> Stage:
    """Change `name`, `color`, `probability`, `required_fields` or, while no deal is in it, `group`.

    A no-op when nothing differs. Raises `ValidationError`.
    """
    manage(by)
    stage = _locked(stage)
    values = _checked(values)
    if (group := values.get("group", stage.group)) != stage.group:
        _check_group_may_change(stage, group)
    changed = [name for name, value in values.items() if getattr(stage, name) != value]
    for name in changed:
        setattr(stage, name, values[name])
    if changed:
        stage.save(update_fields=changed)
        tell(stage.pipeline, by, changed=["stages"], stage=str(stage.pk))
    return stage


def place_stage(
    stage: Stage, *, by: By, before: UUID | None = None, after: UUID | None = None
) -> None:
    """Put a stage right before or after another one of its pipeline."""
    manage(by)
    in_use = Stage.objects.in_use().filter(pipeline=stage.pipeline_id)
    put_beside(stage, in_use, before=before, after=after)
    tell(stage.pipeline, by, changed=["stages"], stage=str(stage.pk))


def order_stages(pipeline: Pipeline, ids: list[UUID], *, by: By) -> None:
    """Put the stages into this order; those that are not named follow as they stood."""
    manage(by)
    stages = Stage.objects.in_use().filter(pipeline=pipeline).select_for_update(no_key=True)
    known = {stage.pk: stage for stage in stages.in_order()}
    if unknown := set(ids) - set(known):
        words = _("The pipeline has no stage %(id)s.") % {"id": min(unknown)}
        raise ValidationError({"stages": words})
    named = [known[pk] for pk in dict.fromkeys(ids)]
    put_in_order([*named, *(stage for pk, stage in known.items() if pk not in set(ids))])
    tell(pipeline, by, changed=["stages"])


def delete_stage(
    stage: Stage, *, by: By, move_to: Stage | None = None, loss_reason: LossReason | None = None
) -> None:
    """Archive a stage; its open deals go to `move_to`. Closed ones stay: their history names it.

    Raises `ValidationError` when open deals have nowhere to go, or when it is the last stage of a
    group that a pipeline needs. A no-op when it is gone.
    """
    manage(by)
    ids = [stage.pk, *([move_to.pk] if move_to else [])]
    # In one order for all who do this; with them, moves into either stage wait for the end.
    held = {
        found.pk: found
        for found in Stage.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    }
    stage = held[stage.pk]
    if stage.archived_at:
        return
    _check_not_last(stage)
    deals = list(Deal.objects.filter(stage=stage).open().in_column_order())
    if deals and (move_to is None or move_to.pk == stage.pk):
        raise ValidationError(
            {"move_to": _("Say into which stage its open deals go: there are %(count)d.")
             % {"count": len(deals)}}
        )  # fmt: skip
    # From below, since each goes on top of its new column.
    for deal in reversed(deals):
        assert move_to is not None
        move_deal(deal, to=move_to, by=by, loss_reason=loss_reason, checks_fields=False)
    stage.archived_at = timezone.now()
    stage.save(update_fields=["archived_at"])
    tell(stage.pipeline, by, changed=["stages"], stage=str(stage.pk))


def add_stages(pipeline: Pipeline, given: list[dict[str, Any]]) -> None:
    """The first stages of a new pipeline, in this order, then those it cannot do without."""
    if len(given) > MOST_STAGES:
        raise ValidationError(
            {"stages": _("A pipeline has at most %(count)d stages.") % {"count": MOST_STAGES}}
        )
    stages = [_new(pipeline, values) for values in given]
    groups = {stage.group for stage in stages}
    for name, group, color, probability in STAGES:
        if group in outcome_groups() and group not in groups:
            groups.add(group)
            values = {"name": _(name), "group": group, "color": color, "probability": probability}
            stages.append(_new(pipeline, values))
    for stage, position in zip(stages, positions.several(len(stages)), strict=True):
        stage.position = position
    Stage.objects.bulk_create(stages)


def _new(pipeline: Pipeline, values: dict[str, Any]) -> Stage:
    checked = _checked({"name": "", "group": Group.ACTIVE, **values})
    usual = {Group.WON: ("moss", 100), Group.LOST: ("brick", 0), Group.NOT_A_LEAD: ("paper", 0)}
    color, probability = usual.get(Group(checked["group"]), ("petrol", 50))
    return Stage(pipeline=pipeline, **{"color": color, "probability": probability, **checked})


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    found = {name: value for name, value in values.items() if value is not None}
    if "name" in found:
        found["name"] = found["name"].replace("\0", "").strip()[:80]
        if not found["name"]:
            errors["name"] = _("A name is needed.")
    if found.get("group", Group.ACTIVE) not in Group.values:
        errors["group"] = _("There is no such group.")
    if found.get("color", "petrol") not in COLORS:
        errors["color"] = _("There is no such colour.")
    if not 0 <= found.get("probability", 0) <= 100:
        errors["probability"] = _("The probability is between 0 and 100 percent.")
    for name in found.get("required_fields", []):
        if name not in REQUIRABLE and not name.startswith(OWN_FIELDS):
            errors["required_fields"] = _("There is no field %(name)s.") % {"name": name}
    if errors:
        raise ValidationError(errors)
    return found


def _check_group_may_change(stage: Stage, group: str) -> None:
    if Deal.objects.filter(stage=stage).exists():
        raise ValidationError(
            {"group": _("The stage has deals: moved to another group, they would change too.")}
        )
    _check_not_last(stage)


def _check_not_last(stage: Stage) -> None:
    others = Stage.objects.in_use().filter(pipeline=stage.pipeline_id, group=stage.group)
    if stage.group in outcome_groups() and not others.exclude(pk=stage.pk).exists():
        raise ValidationError(
            _("“%(name)s” is the last stage of its group, and a pipeline needs one."),
            params={"name": stage.name},
        )


def _locked(stage: Stage) -> Stage:
    found: Stage = (
        Stage.objects.select_for_update(of=("self",), no_key=True)
        .select_related("pipeline")
        .get(pk=stage.pk)
    )
    return found
