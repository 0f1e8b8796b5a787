"""What sales tell in the story of a contact: deals, money, tasks."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.actors import actors
from contacts.timeline import Kind, Line, Place, tell_of
from core import money
from core.times import format_time
from crm.models import Deal, Group, Task
from events import types
from events.models import Event

ADDRESS: Final = "funnel:deal"
_DEALS: Final = (
    types.DEAL_CREATED,
    types.DEAL_MOVED,
    types.DEAL_WON,
    types.DEAL_LOST,
    types.DEAL_REJECTED,
    types.DEAL_REOPENED,
    types.DEAL_ACCEPTED,
)
_PAYMENTS: Final = (types.PAYMENT_RECORDED, types.PAYMENT_REMOVED)
_TASKS: Final = (types.TASK_CREATED, types.TASK_DONE, types.TASK_REOPENED)


def _at_contacts(events: list[Event]) -> dict[int, Place]:
    """By the contact that the fact names, else by its deal's."""
    deals = {_id(event.data.get("deal")) for event in events if not event.data.get("contact")}
    owners = dict(Deal.objects.filter(pk__in=deals - {None}).values_list("pk", "contact_id"))
    places = {}
    for event in events:
        if event.action == types.DEAL_MOVED and _is_outcome(event.data.get("to_stage")):
            # Another fact tells how it ended.
            continue
        owner = _id(event.data.get("contact")) or owners.get(_id(event.data.get("deal")))
        if owner is not None:
            places[event.seq] = Place(owner, event.at)
    return places


def _of_deals(events: list[Event]) -> dict[int, Line]:
    who = actors(events)
    deals = Deal.objects.in_bulk([event.subject_id for event in events])
    lines = {}
    for event in events:
        deal = deals.get(event.subject_id)
        name = str(deal) if deal else f"#{event.data.get('number')}"
        link = (ADDRESS, deal.pk) if deal else None
        amount = _amount(event.data)
        detail = money.words(amount, event.data.get("currency") or "") if amount else ""
        reason = event.data.get("loss_reason")
        if isinstance(reason, dict) and reason.get("name"):
            detail = str(reason["name"])
        by = who[event.seq] or str(event.data.get("rule") or "")
        lines[event.seq] = Line(_sentence(event) % {"name": name}, by, link, detail)
    return lines


def _sentence(event: Event) -> str:
    if event.action == types.DEAL_CREATED:
        return _("Deal “%(name)s” created")
    if event.action == types.DEAL_WON:
        return _("Deal “%(name)s” won")
    if event.action == types.DEAL_LOST:
        return _("Deal “%(name)s” lost")
    if event.action == types.DEAL_REJECTED:
        return _("Deal “%(name)s”: not a lead")
    if event.action == types.DEAL_REOPENED:
        return _("Deal “%(name)s” reopened")
    if event.action == types.DEAL_ACCEPTED:
        return _("Deal “%(name)s” accepted by sales")
    before, after = (_stage(event.data.get(side)) for side in ("from_stage", "to_stage"))
    # Stages are called by people, who may write a percent sign.
    places = f"{before} → {after}".replace("%", "%%")
    return _("Deal “%(name)s”") + f": {places}"


def _of_payments(events: list[Event]) -> dict[int, Line]:
    who = actors(events)
    lines = {}
    for event in events:
        amount = _amount(event.data) or Decimal(0)
        what = _("Payment") if amount >= 0 else _("Refund")
        if event.action == types.PAYMENT_REMOVED:
            what = _("Payment removed")
        link = (ADDRESS, deal) if (deal := _id(event.data.get("deal"))) else None
        words = money.words(abs(amount), str(event.data.get("currency") or ""))
        lines[event.seq] = Line(f"{what}: {words}", who[event.seq], link)
    return lines


def _of_tasks(events: list[Event]) -> dict[int, Line]:
    who = actors(events)
    tasks = Task.objects.in_bulk([event.subject_id for event in events])
    words = {
        types.TASK_CREATED: pgettext("fact", "Task set"),
        types.TASK_DONE: pgettext("fact", "Task done"),
        types.TASK_REOPENED: pgettext("fact", "Task reopened"),
    }
    lines = {}
    for event in events:
        task = tasks.get(event.subject_id)
        detail = str(task) if task else ""
        if task and event.action == types.TASK_CREATED:
            detail = (
                f"{detail} · {_due(event.data.get('due_at')) or format_time(task.due_at, 'date')}"
            )
        lines[event.seq] = Line(words[event.action], who[event.seq], None, detail)
    return lines


def _due(text: Any) -> str:
    try:
        return format_time(datetime.fromisoformat(str(text)), "date")
    except ValueError:
        return ""


def _is_outcome(stage: Any) -> bool:
    return isinstance(stage, dict) and stage.get("group") != Group.ACTIVE


def _stage(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""


def _amount(data: dict[str, Any]) -> Decimal | None:
    value = data.get("amount")
    if isinstance(value, dict):
        value = value.get("amount")
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


tell_of(Kind.DEAL, _DEALS, locate=_at_contacts, tell=_of_deals)
tell_of(Kind.MONEY, _PAYMENTS, locate=_at_contacts, tell=_of_payments)
tell_of(Kind.TASK, _TASKS, locate=_at_contacts, tell=_of_tasks)
