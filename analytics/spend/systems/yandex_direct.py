"""Yandex Direct by its Reports service, https://yandex.com/dev/direct/doc/reports/reports.html

A report is asked for by POST. 200 brings it, 201 and 202 say that it is being made: the same
request is repeated after `retryIn` seconds. Clicks and costs are corrected for days afterwards.

`Criterion` is the keyword as it was entered, with the words that it excludes ("sofa -used"), or
`---autotargeting`; links have it without those words, by the macro `{keyword}`.
"""

import csv
import hashlib
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any, Final

import orjson
from django.conf import settings

from analytics.models import AdAccount
from analytics.spend.actions import Told, together
from analytics.spend.systems.answers import NotReady, Trouble, call, document_of, seconds_of
from core.safe_http import Answer

CREDENTIALS: Final = {"token": True, "client_login": False}
BASE: Final = "https://api.direct.yandex.com"
FIELDS: Final = (
    *("Date", "CampaignId", "CampaignName", "AdId", "Criterion"),
    *("Impressions", "Clicks", "Cost"),
)
# Error codes of a token that is not good, of an account without access, of a quota that is spent.
_BAD_TOKEN: Final = frozenset({"52", "53", "54", "58"})
_QUOTA: Final = frozenset({"56", "152", "506"})
_QUOTA_PAUSE: Final = 600.0
# Where the words begin that a keyword excludes.
_EXCLUDED: Final = re.compile(r"\s-(?=\S)")
_USUAL_PAUSE: Final = 30.0


def fetch_spend(account: AdAccount, first: date, last: date) -> list[Told]:
    """Spend of each keyword of each advertisement on each day. Raises `NotReady`, `Trouble`."""
    base = (settings.YANDEX_DIRECT_API_URL or BASE).rstrip("/")
    headers = {
        "Authorization": f"Bearer {account.credentials['token']}",
        "Accept-Language": "ru",
        "Content-Type": "application/json; charset=utf-8",
        "processingMode": "auto",
        "returnMoneyInMicros": "false",
        "skipReportHeader": "true",
        "skipReportSummary": "true",
    }
    if login := account.credentials.get("client_login"):
        headers["Client-Login"] = login
    answer = call(
        f"{base}/json/v5/reports",
        method="POST",
        headers=headers,
        content=_question(account, first, last),
    )
    if answer.status in {201, 202}:
        raise NotReady(seconds_of(answer, "retryIn", _USUAL_PAUSE))
    if answer.status != 200:
        raise _trouble(answer)
    return _read(account, answer.body.decode("utf-8"))


def _question(account: AdAccount, first: date, last: date) -> bytes:
    params: dict[str, Any] = {
        "SelectionCriteria": {"DateFrom": first.isoformat(), "DateTo": last.isoformat()},
        "FieldNames": list(FIELDS),
        "ReportType": "CUSTOM_REPORT",
        "DateRangeType": "CUSTOM_DATE",
        "Format": "TSV",
        "IncludeVAT": "YES" if account.vat_included else "NO",
    }
    # A name stands for a question: the same one is a repetition, of another one a conflict.
    digest = hashlib.sha256(orjson.dumps(params) + account.pk.bytes).hexdigest()
    params["ReportName"] = f"tandem {digest[:24]}"
    return orjson.dumps({"params": params})


def _read(account: AdAccount, text: str) -> list[Told]:
    rows = csv.DictReader(StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    if rows.fieldnames is None or not set(FIELDS) <= set(rows.fieldnames):
        raise Trouble("the report has other columns than we asked for")
    by_name = account.campaign_by == AdAccount.CampaignBy.NAME
    found = []
    for row in rows:
        try:
            found.append(
                Told(
                    date=date.fromisoformat(row["Date"]),
                    source=account.source,
                    medium=account.medium,
                    campaign=row["CampaignName" if by_name else "CampaignId"][:200],
                    ad=_plain(row["AdId"]),
                    term=_keyword(row["Criterion"]),
                    account=account.name,
                    impressions=int(_plain(row["Impressions"]) or 0),
                    clicks=int(_plain(row["Clicks"]) or 0),
                    cost=Decimal(_plain(row["Cost"]) or 0),
                    currency=account.currency,
                    vat_included=account.vat_included,
                )
            )
        except (ValueError, TypeError, InvalidOperation) as error:
            raise Trouble("a line of the report cannot be read") from error
    # Keywords that differ in what they exclude alone are one.
    return together(found)


def _keyword(text: str) -> str:
    return _EXCLUDED.split(_plain(text).strip(), maxsplit=1)[0][:200]


def _plain(text: str) -> str:
    return "" if text == "--" else text


def _trouble(answer: Answer) -> Exception:
    try:
        told = document_of(answer).get("error", {})
    except (Trouble, AttributeError):
        told = {}
    code = str(told.get("error_code", ""))
    words = told.get("error_detail") or told.get("error_string") or f"HTTP {answer.status}"
    if code in _QUOTA:
        return NotReady(_QUOTA_PAUSE)
    return Trouble(str(words), is_final=code in _BAD_TOKEN or answer.status in {401, 403})
