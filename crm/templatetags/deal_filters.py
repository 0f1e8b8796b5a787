"""{{ filters|chips:viewer }}: the quick filters over the funnel, each as a chip."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import template
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from channels_connectors.models import Channel
from contacts.models import Label
from crm.board.filters import ME, NOBODY, TEAM, UNKNOWN, BoardFilters
from workspaces.models import Membership

register = template.Library()


@dataclass(slots=True)
class Chip:
    """One filter. `address` is where a click leads: to the page without it, or with a switch on;
    `kept` are the fields of the others, for the form that asks for its value."""

    name: str
    label: str
    words: str = ""
    address: str = ""
    is_switch: bool = False
    kept: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_on(self) -> bool:
        return bool(self.words)


@register.filter
def chips(filters: BoardFilters, viewer: Membership) -> list[Chip]:
    """Those that are on first, then those that may be added."""
    found = [
        _valued(filters, "owner", _("Owner"), _owner(filters, viewer), "owner"),
        _valued(filters, "source", _("Source"), _source(filters), "source"),
        _valued(filters, "channel", _("Channel"), _name(Channel, filters.channel), "channel"),
        _valued(filters, "amount", _("Amount"), _amount(filters), "least", "most"),
        _switch(filters, "untasked", _("No task")),
        _switch(filters, "overdue", pgettext("tasks", "Overdue")),
        _valued(filters, "label", _("Label"), _name(Label, filters.label), "label"),
        _valued(filters, "period", _("Created"), _period(filters), "start", "end"),
    ]
    return sorted(found, key=lambda chip: not chip.is_on)


def _valued(filters: BoardFilters, name: str, label: str, value: str, *fields: str) -> Chip:
    address = filters.without(*fields)
    if value:
        return Chip(name, label, words=f"{label}: {value}", address=address)
    return Chip(name, label, kept=list(QueryDict(address).items()))  # type: ignore[arg-type]


def _switch(filters: BoardFilters, name: str, label: str) -> Chip:
    is_on = getattr(filters, name)
    address = filters.without(name) if is_on else filters.address(**{name: True})
    return Chip(name, label, words=label if is_on else "", address=address, is_switch=True)


def _owner(filters: BoardFilters, viewer: Membership) -> str:
    plain = {ME: _("me"), TEAM: _("my team"), NOBODY: _("nobody")}
    if filters.owner in plain:
        return plain[filters.owner]
    if filters.owner_id is None:
        return ""
    found = Membership.objects.with_user().filter(pk=filters.owner_id).first()
    return found.name if found else "—"


def _source(filters: BoardFilters) -> str:
    return _("unknown") if filters.source == UNKNOWN else filters.source


def _name(model: Any, pk: UUID | None) -> str:
    if pk is None:
        return ""
    return model.objects.filter(pk=pk).values_list("name", flat=True).first() or "—"


def _amount(filters: BoardFilters) -> str:
    least, most = filters.least, filters.most
    if least is not None and most is not None:
        return f"{_number(least)}–{_number(most)}"
    if least is not None:
        return _("from %(amount)s") % {"amount": _number(least)}
    return _("up to %(amount)s") % {"amount": _number(most)} if most is not None else ""


def _period(filters: BoardFilters) -> str:
    start, end = filters.start, filters.end
    if start and end:
        return f"{date_format(start, 'j E')} – {date_format(end, 'j E')}"
    if start:
        return _("since %(day)s") % {"day": date_format(start, "j E")}
    return _("until %(day)s") % {"day": date_format(end, "j E")} if end else ""


def _number(amount: Decimal) -> str:
    return number_format(amount, use_l10n=True, force_grouping=True)
