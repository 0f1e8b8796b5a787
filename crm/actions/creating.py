"""How a deal comes into being."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import custom_fields
from contacts.models import Contact, Touch
from crm import numbers, places
from crm.actions.values import clean_values, require_fields
from crm.history import By, deal_facts, record_deal
from crm.models import Deal, Pipeline, Stage
from crm.models.stage import Group
from events import types
from inbox.models import Conversation
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

# A touch counts as what brought the deal for this long.
TOUCH_COUNTS: Final = timedelta(days=90)


def create_deal(
    *,
    contact: Contact,
    by: By,
    pipeline: Pipeline | None = None,
    stage: Stage | None = None,
    conversation: Conversation | None = None,
    touch: Touch | None = None,
    rule: str = "",
    checks_fields: bool = True,
    at: datetime | None = None,
    **values: Any,
) -> Deal:
    """Make a deal, on top of its stage's column.

    Without a stage it begins in the first one of the pipeline, without a pipeline in the default
    one. Where it came from is told by `touch`, else by the contact's latest touch with a source,
    unless `source` is given. Without `checks_fields` the stage takes the deal whatever it lacks.
    `at` is when it was born, where that is told afterwards. Raises `ValidationError` in words,
    `PermissionDenied`.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    stage = stage or first_stage(pipeline or default_pipeline())
    stage = usable(stage)
    given = clean_values(values, contact=contact)
    if "fields" in given:
        given["fields"] = custom_fields.clean("deal", given["fields"] or {})
    deal = Deal(
        number=numbers.take(),
        contact=contact,
        conversation=conversation,
        channel_id=conversation.channel_id if conversation else None,
        pipeline=stage.pipeline,
        stage=stage,
        **{"currency": stage.pipeline.currency, **given},
    )
    if conversation is not None and "team" not in given:
        deal.team_id = conversation.team_id
    if "company" not in given:
        deal.company_id = contact.company_id
    if not deal.source:
        _take_source(deal, touch or latest_touch(contact))
    if checks_fields:
        require_fields(deal, stage)
    _begin(deal, stage, by, at or timezone.now())
    deal.save(force_insert=True)
    custom_fields.store("deal", deal.pk, deal.fields)
    data = {**deal_facts(deal), **({"rule": rule} if rule else {})}
    record_deal(types.DEAL_CREATED, deal, by=by, at=at, **data)
    return deal


def default_pipeline() -> Pipeline:
    """Where deals go that nobody gave a pipeline. Raises `ValidationError` when there is none."""
    found: Pipeline | None = (
        Pipeline.objects.in_use().order_by("-is_default", "position", "id").first()
    )
    if found is None:
        raise ValidationError(_("There is no pipeline. Make one in the settings."))
    return found


def first_stage(pipeline: Pipeline) -> Stage:
    """The stage in which a deal begins. Raises `ValidationError` when there is none."""
    found: Stage | None = (
        Stage.objects.in_use().filter(pipeline=pipeline, group=Group.ACTIVE).in_order().first()
    )
    if found is None:
        raise ValidationError(_("The pipeline has no stage to begin in."))
    return found


def latest_touch(contact: Contact) -> Touch | None:
    """What brought the contact last and has a name."""
    found: Touch | None = (
        Touch.objects.filter(contact=contact, at__gt=timezone.now() - TOUCH_COUNTS)
        .exclude(source="")
        .order_by("-at", "-id")
        .first()
    )
    return found


def usable(stage: Stage) -> Stage:
    """The stage, held against being deleted until this transaction ends."""
    found: Stage | None = (
        Stage.objects.select_for_update(of=("self",), no_key=True)
        .select_related("pipeline")
        .in_use()
        .filter(pk=stage.pk, pipeline__archived_at=None)
        .first()
    )
    if found is None:
        raise ValidationError({"stage": _("This stage is no longer there.")})
    return found


def _take_source(deal: Deal, touch: Touch | None) -> None:
    if touch is None:
        return
    deal.touch = touch
    for name in ("source", "medium", "campaign", "content", "term"):
        setattr(deal, name, getattr(touch, name))


def _begin(deal: Deal, stage: Stage, by: By, now: datetime) -> None:
    deal.created_at = now
    deal.position = places.place(stage)
    deal.stage_since = now
    deal.status = Deal.Status.OPEN if stage.group == Group.ACTIVE else stage.group
    if stage.is_closed:
        deal.closed_at = now
    if deal.owner_id and isinstance(by, Membership) and deal.owner_id == by.pk:
        deal.accepted_at = now
