"""Spend of connected accounts: fetched a few times a day, the last days again and again."""

import logging
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.models import AdAccount
from analytics.spend.actions import put_spend
from analytics.spend.systems import CREDENTIALS, FETCH, NotReady, Trouble
from events.journal import SYSTEM
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import workspace_scope
from workspaces.zones import local_day, workspace_in_scope

logger = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=4)
# Systems restate their figures for about so long.
RESTATED: Final = timedelta(days=28)
FIRST: Final = timedelta(days=90)
_LEASE: Final = timedelta(minutes=10)
_LONGEST_PAUSE: Final = timedelta(hours=12)


def connect_account(*, by: Membership | ApiToken, **values: Any) -> AdAccount:
    """Connect an account after asking its system for yesterday. Raises `ValidationError` with the
    system's reason when it lets us not in."""
    require(by, Verb.WRITE_SPEND)
    needed = CREDENTIALS[values["kind"]]
    given = {name: str(value).strip() for name, value in values.pop("credentials").items() if value}
    missing = [name for name, is_needed in needed.items() if is_needed and not given.get(name)]
    if missing or not set(given) <= set(needed):
        words = _("It needs: %(names)s.") % {"names": ", ".join(needed)}
        raise ValidationError({"credentials": words})
    values.setdefault("currency", workspace_in_scope().currency)
    account = AdAccount(credentials=given, next_fetch_at=timezone.now(), **values)
    yesterday = local_day(timezone.now()) - timedelta(days=1)
    try:
        FETCH[account.kind](account, yesterday, yesterday)
    except NotReady:
        logger.debug("%s makes its first report.", account.kind)
    except Trouble as trouble:
        raise ValidationError({"credentials": str(trouble)}) from trouble
    account.save()
    return account


def fetch_all_due() -> None:
    """Ask for the spend of each account whose time has come."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, account_id from due_ad_accounts()")
        due = cursor.fetchall()
    for workspace_id, account_id in due:
        try:
            fetch_account(workspace_id, account_id)
        except Exception:
            logger.exception("The spend of an account was not fetched.")


def fetch_account(workspace_id: UUID, account_id: UUID) -> None:
    """Fetch one account's spend. No transaction is open while its system is asked."""
    with workspace_scope(workspace_id):
        account = _claim(account_id)
        today = local_day(timezone.now())
    if account is None:
        return
    first = today - (RESTATED if account.fetched_until else FIRST)
    try:
        told = FETCH[account.kind](account, first, today)
    except NotReady as early:
        _come_back(workspace_id, account, timedelta(seconds=max(1.0, early.seconds)))
        return
    except Trouble as trouble:
        _note_trouble(workspace_id, account, trouble)
        return
    with workspace_scope(workspace_id):
        put_spend(told, by=SYSTEM, origin=account.kind, is_whole=True)
        AdAccount.objects.filter(pk=account.pk).update(
            fetched_until=today,
            next_fetch_at=timezone.now() + EVERY,
            failures=0,
            error="",
            session=account.session,
        )


def _claim(account_id: UUID) -> AdAccount | None:
    """The account, if it is due; nobody else takes it meanwhile."""
    account: AdAccount | None = (
        AdAccount.objects.select_for_update(skip_locked=True)
        .filter(pk=account_id, next_fetch_at__lte=timezone.now())
        .first()
    )
    if account is not None:
        AdAccount.objects.filter(pk=account.pk).update(next_fetch_at=timezone.now() + _LEASE)
    return account


def _come_back(workspace_id: UUID, account: AdAccount, pause: timedelta) -> None:
    with workspace_scope(workspace_id):
        AdAccount.objects.filter(pk=account.pk).update(
            next_fetch_at=timezone.now() + pause, session=account.session
        )


def _note_trouble(workspace_id: UUID, account: AdAccount, trouble: Trouble) -> None:
    """Try again after a growing pause; not at all when that would not help."""
    pause = min(timedelta(minutes=2 ** min(account.failures, 12)), _LONGEST_PAUSE)
    with workspace_scope(workspace_id):
        AdAccount.objects.filter(pk=account.pk).update(
            failures=account.failures + 1,
            error=str(trouble)[:2000],
            next_fetch_at=None if trouble.is_final else timezone.now() + pause,
            session=account.session,
        )
