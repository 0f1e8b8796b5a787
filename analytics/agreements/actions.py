"""Proposing, signing and withdrawing versions of the agreement."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.agreements.promises import OFFERS
from analytics.metrics import Unit, metric
from analytics.models import Agreement, AgreementPromise
from events import types
from events.journal import record
from events.notifications import notify
from workspaces.models import ApiToken, Membership, Workspace
from workspaces.permissions import RIGHTS, Verb, can, require
from workspaces.zones import local_day, workspace_in_scope

By = Membership | ApiToken
# Who may put a side's name under it.
SIGNS: Final[dict[str, Verb]] = {
    Agreement.Side.MARKETING: Verb.ANSWER_REFUSALS,
    Agreement.Side.SALES: Verb.SETTLE_REFUSALS,
}
_LARGEST: Final = Decimal(10) ** 12
_FARTHEST: Final = 12  # months
PROPOSED: Final = gettext_noop("Version %(number)d of the agreement waits for your signature.")
SIGNED: Final = gettext_noop("Version %(number)d of the agreement is signed by both sides.")


def propose_agreement(
    *, since: date, promises: Mapping[str, Decimal], by: By, accepted_lead: str = ""
) -> Agreement:
    """A new version, in force from a month on once both have signed; `promises` are thresholds by
    metric, in its unit. It takes the place of one that still waits. Who may sign for one side alone
    has signed with it. Raises `ValidationError` by field, `PermissionDenied`."""
    sides = [side for side, verb in SIGNS.items() if can(by, verb)]
    if not sides:
        raise PermissionDenied
    _check(since, promises)
    # In one order: two at a time would both be the next version.
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace_in_scope().pk)
    for waiting in _open():
        _withdraw(waiting, by)
    last = Agreement.objects.aggregate(last=Max("number"))["last"] or 0
    agreement: Agreement = Agreement.objects.create(
        number=last + 1,
        since=since,
        accepted_lead=accepted_lead.replace("\0", "").strip()[:4000],
        proposed_by=by if isinstance(by, Membership) else None,
    )
    AgreementPromise.objects.bulk_create(
        [
            AgreementPromise(
                agreement=agreement,
                side=OFFERS[key].side,
                metric=key,
                condition=OFFERS[key].condition,
                threshold=threshold,
            )
            for key, threshold in promises.items()
        ]
    )
    _record(types.AGREEMENT_PROPOSED, agreement, by)
    if len(sides) == 1:
        agreement = sign_agreement(agreement, side=sides[0], by=by)
    _tell(agreement, PROPOSED, [side for side in SIGNS if not _moment(agreement, side)], by)
    return agreement


def sign_agreement(agreement: Agreement, *, side: str, by: By) -> Agreement:
    """Put a side's name under a version; when the other's is there it is in force, from this month
    on at the earliest. Signing twice is signing once. Raises `ValidationError`,
    `PermissionDenied`."""
    if side not in SIGNS:
        raise ValidationError({"side": _("There is no such side.")})
    require(by, SIGNS[side])
    with transaction.atomic():
        held: Agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
        if _moment(held, side):
            return held
        if held.withdrawn_at is not None:
            raise ValidationError(_("This version was withdrawn."))
        setattr(held, f"{side}_by", by if isinstance(by, Membership) else None)
        setattr(held, f"{side}_at", timezone.now())
        if held.is_signed:
            held.since = max(held.since, _this_month())
        held.save()
        _record(types.AGREEMENT_SIGNED, held, by, side=side)
        if held.is_signed:
            _tell(held, SIGNED, list(SIGNS), by)
    return held


def withdraw_agreement(agreement: Agreement, *, by: By) -> Agreement:
    """Take back a version that is not signed by both. Raises `ValidationError`,
    `PermissionDenied`."""
    if not any(can(by, verb) for verb in SIGNS.values()):
        raise PermissionDenied
    held: Agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if held.is_signed:
        raise ValidationError(_("Both sides have signed it: propose another version."))
    if held.withdrawn_at is None:
        _withdraw(held, by)
    return held


def _check(since: date, promises: Mapping[str, Decimal]) -> None:
    this = _this_month()
    months = (since.year - this.year) * 12 + since.month - this.month
    if since.day != 1 or not 0 <= months <= _FARTHEST:
        raise ValidationError({"since": _("Choose the first day of this or a later month.")})
    if not promises:
        raise ValidationError({"promises": _("Promise at least one number.")})
    for key, threshold in promises.items():
        if key not in OFFERS:
            raise ValidationError({"promises": _("There is no such promise: %s.") % key})
        most = 1 if metric(key).unit == Unit.RATIO else _LARGEST
        if not 0 < threshold <= most:
            words = _("%(metric)s: this number is out of range.") % {"metric": metric(key).label}
            raise ValidationError({"promises": words})


def _open() -> list[Agreement]:
    found = Agreement.objects.select_for_update(no_key=True).filter(withdrawn_at=None)
    return [one for one in found if one.is_open]


def _withdraw(agreement: Agreement, by: By) -> None:
    agreement.withdrawn_at = timezone.now()
    agreement.save(update_fields=["withdrawn_at"])
    _record(types.AGREEMENT_WITHDRAWN, agreement, by)


def _this_month() -> date:
    return local_day(timezone.now()).replace(day=1)


def _moment(agreement: Agreement, side: str) -> Any:
    return getattr(agreement, f"{side}_at")


def _record(action: str, agreement: Agreement, by: By, **more: str) -> None:
    data = {"number": agreement.number, "since": agreement.since.isoformat(), **more}
    record(action, subject=agreement, by=by, data=data)


def _tell(agreement: Agreement, words: str, sides: list[str], by: By) -> None:
    """Those who sign for these sides, but for who has just acted."""
    verbs = {SIGNS[side] for side in sides}
    roles = [role for role, rights in RIGHTS.items() if verbs & rights]
    members = Membership.objects.active().filter(role__in=roles)
    if isinstance(by, Membership):
        members = members.exclude(pk=by.pk)
    notify(
        members,
        kind="agreement",
        topic=f"agreement:{agreement.pk}",
        words=words,
        data={"number": agreement.number},
        link=_link(),
        level="info",
    )


def _link() -> str:
    try:
        return reverse("ground:agreement", args=[workspace_in_scope().slug])
    except NoReverseMatch:  # a process without pages
        return ""
