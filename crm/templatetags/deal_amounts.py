"""Money of deals in templates."""

from django import template

from core import money
from crm.models import Deal

register = template.Library()


@register.simple_tag
def deal_amount(deal: Deal) -> str:
    """The amount in the deal's currency; a dash where there is none."""
    return money.words(deal.amount, deal.currency)
