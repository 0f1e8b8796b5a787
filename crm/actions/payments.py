"""Money that came for a deal, or went back."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core.money import CENT
from crm.actions.moving import locked
from crm.actions.values import LARGEST
from crm.history import By, Changes
from crm.models import Deal, Payment
from events import types
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.zones import local_day


def record_payment(
    deal: Deal,
    *,
    amount: Decimal,
    by: By,
    paid_on: date | None = None,
    currency: str = "",
    comment: str = "",
    external_id: str = "",
    rule: str = "",
) -> Payment:
    """Note a payment in the deal's currency, of today unless a day is given; a refund is negative.

    The same `external_id` twice is one payment: the first is returned. Raises `ValidationError`
    when it says something else the second time, or for another currency.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    deal = locked(deal)
    amount = _checked(deal, amount, currency)
    external_id = _plain(external_id)[:120]
    if external_id and (told := _told_before(deal, external_id, amount)):
        return told
    payment: Payment = Payment.objects.create(
        deal=deal,
        amount=amount,
        currency=deal.currency,
        paid_on=paid_on or local_day(timezone.now()),
        comment=_plain(comment)[:200],
        external_id=external_id,
        author=by if isinstance(by, Membership) else None,
    )
    _settle(deal, payment, types.PAYMENT_RECORDED, by, rule)
    return payment


def remove_payment(payment: Payment, *, by: By) -> None:
    """Take back a payment that was noted by mistake; the history keeps it. A no-op when it is
    gone."""
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    deal = locked(payment.deal)
    found = Payment.objects.filter(pk=payment.pk).first()
    if found is None:
        return
    Payment.objects.filter(pk=found.pk).delete()
    _settle(deal, found, types.PAYMENT_REMOVED, by, "")


def _checked(deal: Deal, amount: Decimal, currency: str) -> Decimal:
    if currency and currency != deal.currency:
        words = _("The deal is in %(currency)s.") % {"currency": deal.currency}
        raise ValidationError({"amount": words})
    if not amount.is_finite() or not 0 < abs(amount) < LARGEST:
        raise ValidationError({"amount": _("The amount cannot be nothing or so large.")})
    if amount != amount.quantize(CENT):
        raise ValidationError({"amount": _("The amount has at most two decimal places.")})
    return amount


def _told_before(deal: Deal, external_id: str, amount: Decimal) -> Payment | None:
    told: Payment | None = Payment.objects.filter(deal=deal, external_id=external_id).first()
    if told is not None and told.amount != amount:
        words = _("A payment with this external id has another amount.")
        raise ValidationError({"external_id": words})
    return told


def _settle(deal: Deal, payment: Payment, action: str, by: By, rule: str) -> None:
    """Count the deal's payments anew, while the deal is locked."""
    changes = Changes(deal, by, rule=rule, days={payment.paid_on})
    paid = Payment.objects.filter(deal=deal).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    changes.note("paid", deal.paid, paid)
    deal.paid = paid
    deal.save(update_fields=["paid", "updated_at"])
    changes.keep(
        action,
        deal=str(deal.pk),
        payment=str(payment.pk),
        amount=str(payment.amount),
        currency=payment.currency,
        paid_on=payment.paid_on.isoformat(),
    )


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()
