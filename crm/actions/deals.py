"""Changing what a deal says."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts import custom_fields
from crm.actions.moving import Conflict, locked
from crm.actions.values import OWN, REFERENCES, clean_values, held, held_words
from crm.history import By, Changes
from crm.models import Deal, DealFollower, Payment
from events import types
from workspaces.models import ApiToken, Membership, Team
from workspaces.permissions import Verb, require


def update_deal(
    deal: Deal, *, by: By, rule: str = "", seen: Mapping[str, str] | None = None, **values: Any
) -> Deal:
    """Change the given values; the history keeps each one's before and after.

    `fields` are laid over the present ones; None takes one out. A no-op when nothing differs.
    `seen` is what fields held, as `held` tells it, when the writer read them: `Conflict` is raised
    when one holds something else by now. Raises `ValidationError` by field.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)
    deal = locked(deal)
    _check_seen(deal, seen or {}, values, by)
    changes = Changes(deal, by, rule=rule)
    own_fields = values.pop("fields", None)
    given = clean_values(values, contact=deal.contact)
    _check_currency(deal, given)
    for name, value in given.items():
        _set(deal, name, value, changes)
    if own_fields is not None:
        _set_own_fields(deal, own_fields, changes)
    if changes:
        deal.save()
        changes.keep(types.DEAL_UPDATED)
    return deal


def assign_deal(
    deal: Deal, *, to: Membership | None, by: By, team: Team | None = None, rule: str = ""
) -> Deal:
    """Give the deal to a member, or to nobody; to a `team` on the way."""
    values: dict[str, Any] = {"owner": to}
    if team is not None:
        values["team"] = team
    return update_deal(deal, by=by, rule=rule, **values)


def follow_deal(deal: Deal, *, by: Membership) -> None:
    """Hear of a deal that is not one's own; a no-op when one does."""
    DealFollower.objects.get_or_create(deal=deal, membership=by)


def unfollow_deal(deal: Deal, *, by: Membership) -> None:
    """Hear of it no more."""
    DealFollower.objects.filter(deal=deal, membership=by).delete()


def _check_seen(deal: Deal, seen: Mapping[str, str], values: dict[str, Any], by: By) -> None:
    """Two write into one field: the second reads what the first wrote.

    No clash are the same words twice, and one's own of a moment ago: who types quickly has not seen
    the answer to them yet.
    """
    for name, text in seen.items():
        if held(deal, name) == text or _is_already(deal, name, values):
            continue
        last = deal.changes.filter(field=name).order_by("-at", "-id").first()
        if last is not None and isinstance(by, Membership) and last.author_id == by.pk:
            continue
        words = {"now": held_words(deal, name), "who": last.author_name if last else ""}
        if not words["who"]:
            raise Conflict(_("By now it says “%(now)s” here."), code="changed", params=words)
        raise Conflict(
            _("By now it says “%(now)s” here: %(who)s was faster."), code="changed", params=words
        )


def _is_already(deal: Deal, name: str, values: dict[str, Any]) -> bool:
    if name.startswith(OWN):
        key = name.removeprefix(OWN)
        return bool(deal.fields.get(key) == values.get("fields", {}).get(key))
    return bool(getattr(deal, name) == values.get(name))


def _check_currency(deal: Deal, given: dict[str, Any]) -> None:
    """Payments are summed up in the deal's currency: another one would make other money of them."""
    currency = given.get("currency", deal.currency)
    if currency != deal.currency and Payment.objects.filter(deal=deal).exists():
        raise ValidationError(
            {"currency": _("The deal has payments in %(currency)s.") % {"currency": deal.currency}}
        )


def _set(deal: Deal, name: str, value: Any, changes: Changes) -> None:
    before = getattr(deal, name)
    if before == value:
        return
    if name in REFERENCES:
        changes.note(
            name,
            before.pk if before else None,
            value.pk if value else None,
            before_words=_called(before),
            after_words=_called(value),
        )
    else:
        changes.note(name, before, value)
    setattr(deal, name, value)


def _set_own_fields(deal: Deal, given: dict[str, Any], changes: Changes) -> None:
    after = custom_fields.clean("deal", {**deal.fields, **given})
    for key in sorted({*deal.fields, *after}):
        if deal.fields.get(key) != after.get(key):
            changes.note(f"fields.{key}", deal.fields.get(key), after.get(key))
    deal.fields = after
    custom_fields.store("deal", deal.pk, after)


def _called(thing: Any) -> str:
    if thing is None:
        return ""
    return str(getattr(thing, "name", thing))
