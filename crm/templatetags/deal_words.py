"""What a deal says: {% deal_cell deal "amount" %} in the funnel's table, {{ deal|held:"amount" }}
in its forms."""

from datetime import datetime

from django import template
from django.utils.formats import date_format

from core.templatetags.money import money
from core.templatetags.times import local_time
from crm.actions.values import held
from crm.board import words
from crm.models import Deal

register = template.Library()

MOMENTS = {"created": "created_at", "stage_since": "stage_since", "closed": "closed_at"}


@register.simple_tag
def deal_cell(deal: Deal, name: str) -> str:
    """The value of one of `crm.board.listing.COLUMNS`."""
    if name in {"amount", "cost", "paid"}:
        return money(getattr(deal, name), deal.currency)
    if name in MOMENTS:
        return _moment(getattr(deal, MOMENTS[name]))
    if name == "expected":
        return date_format(deal.expected_on, "j E") if deal.expected_on else "—"
    if name == "source":
        return words.source_of(deal.source, deal.campaign)
    found = {
        "number": deal.number,
        "customer": words.called(deal.contact.name, deal.contact.phone, deal.contact.email),
        "title": deal.title,
        "stage": deal.stage.name,
        "owner": deal.owner.name if deal.owner else "",
        "channel": deal.channel.name if deal.channel else "",
    }
    return str(found.get(name) or "—")


@register.filter("held")
def held_by(deal: Deal, name: str) -> str:
    """What a field holds while its form is shown: {{ deal|held:"amount" }}."""
    return held(deal, name)


def _moment(value: datetime | None) -> str:
    return local_time(value, "short") or "—"
