"""VK Ads (ads.vk.com), https://ads.vk.com/doc/api

Plans are campaigns, banners are advertisements; of keywords it tells nothing. A token
lives for a day and an account may have five of them, so one is kept and used until it is over.
Statistics come for at most 92 days and, as we ask, 50 objects at a time.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from analytics.models import AdAccount
from analytics.spend.actions import Told
from analytics.spend.systems.answers import NotReady, Trouble, call, document_of, seconds_of

CREDENTIALS: Final = {"client_id": True, "client_secret": True}
BASE: Final = "https://ads.vk.com"
MOST_DAYS: Final = 92
MOST_IDS: Final = 50
_PAGE: Final = 200
_MOST_PAGES: Final = 200
_USUAL_PAUSE: Final = 60.0
# Before its end a token is renewed.
_MARGIN: Final = 300


def fetch_spend(account: AdAccount, first: date, last: date) -> list[Told]:
    """Spend of each banner on each day. Raises `NotReady`, `Trouble`."""
    plans = {item["id"]: item for item in _items(account, "ad_plans", "id,name")}
    banners = {item["id"]: item for item in _items(account, "banners", "id,ad_group_id,ad_plan_id")}
    groups: dict[Any, Any] = {}
    if any(not item.get("ad_plan_id") for item in banners.values()):
        groups = {item["id"]: item for item in _items(account, "ad_groups", "id,ad_plan_id")}
    found = []
    for begin, end in _spans(first, last):
        for ids in _chunks(list(banners)):
            query = urlencode(
                {
                    "id": ",".join(map(str, ids)),
                    "date_from": begin.isoformat(),
                    "date_to": end.isoformat(),
                    "metrics": "base",
                }
            )
            document = _get(account, f"statistics/banners/day.json?{query}")
            for item in document.get("items", []):
                banner = banners.get(item.get("id"), {})
                plan_id = banner.get("ad_plan_id") or groups.get(banner.get("ad_group_id"), {}).get(
                    "ad_plan_id"
                )
                found += _told(account, item, plans.get(plan_id, {"id": plan_id}))
    return found


def _told(account: AdAccount, item: dict[str, Any], plan: dict[str, Any]) -> Iterator[Told]:
    by_name = account.campaign_by == AdAccount.CampaignBy.NAME
    campaign = (plan.get("name") if by_name else None) or plan.get("id") or ""
    for row in item.get("rows", []):
        base = row.get("base", {})
        try:
            told = Told(
                date=date.fromisoformat(row["date"]),
                source=account.source,
                medium=account.medium,
                campaign=str(campaign)[:200],
                ad=str(item["id"]),
                account=account.name,
                impressions=int(base.get("shows") or 0),
                clicks=int(base.get("clicks") or 0),
                cost=Decimal(str(base.get("spent") or 0)).quantize(Decimal("0.01")),
                currency=account.currency,
                vat_included=account.vat_included,
            )
        except (KeyError, ValueError, TypeError, InvalidOperation) as error:
            raise Trouble("a row of the statistics cannot be read") from error
        if told.cost or told.impressions or told.clicks:
            yield told


def _items(account: AdAccount, kind: str, fields: str) -> Iterator[dict[str, Any]]:
    for page in range(_MOST_PAGES):
        query = urlencode({"fields": fields, "limit": _PAGE, "offset": page * _PAGE})
        document = _get(account, f"{kind}.json?{query}")
        items = document.get("items", [])
        yield from items
        if len(items) < _PAGE:
            return


def _get(account: AdAccount, path: str) -> dict[str, Any]:
    answer = call(
        f"{_base()}/api/v2/{path}", headers={"Authorization": f"Bearer {_token(account)}"}
    )
    if answer.status == 429:
        raise NotReady(seconds_of(answer, "Retry-After", _USUAL_PAUSE))
    if answer.status in {401, 403}:
        account.session = {}
        raise Trouble(_words(answer.status, document_of(answer)), is_final=answer.status == 403)
    document = document_of(answer)
    if answer.status != 200 or not isinstance(document, dict):
        raise Trouble(_words(answer.status, document))
    return document


def _token(account: AdAccount) -> str:
    session = account.session
    if session.get("token") and session.get("until", 0) > timezone.now().timestamp() + _MARGIN:
        return str(session["token"])
    form = {
        "grant_type": "client_credentials",
        "client_id": account.credentials["client_id"],
        "client_secret": account.credentials["client_secret"],
    }
    answer = call(
        f"{_base()}/api/v2/oauth2/token.json",
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        content=urlencode(form).encode(),
    )
    document = document_of(answer)
    if answer.status != 200 or not document.get("access_token"):
        raise Trouble(_words(answer.status, document), is_final=answer.status in {400, 401, 403})
    until = timezone.now().timestamp() + float(document.get("expires_in") or 0)
    account.session = {"token": document["access_token"], "until": until}
    return str(document["access_token"])


def _words(status: int, document: Any) -> str:
    told = document.get("error") if isinstance(document, dict) else None
    if isinstance(told, dict):
        told = told.get("message") or told.get("code")
    more = document.get("error_description") if isinstance(document, dict) else None
    return str(more or told or f"HTTP {status}")


def _base() -> str:
    return (settings.VK_ADS_API_URL or BASE).rstrip("/")


def _spans(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(last, first + timedelta(days=MOST_DAYS - 1))
        yield first, end
        first = end + timedelta(days=1)


def _chunks(ids: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), MOST_IDS):
        yield ids[start : start + MOST_IDS]
