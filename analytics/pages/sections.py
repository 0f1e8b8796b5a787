"""What each page shows besides its numbers on top and its main table."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _

from analytics.pages import layout
from analytics.pages.asking import Asked
from analytics.pages.broadcasts import broadcasts
from analytics.pages.charts import over_time
from analytics.pages.cohorts import SHOWN, cohorts
from analytics.pages.funnel import funnel
from analytics.pages.heat import heat
from analytics.pages.second import second_table

Sections = Callable[[Asked, dict[str, Any]], dict[str, Any]]


def _overview(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "charts": [
            over_time(asked, _("Leads, accepted leads and orders"),
                      ["leads", "accepted_leads", "orders"], name="leads"),
            over_time(asked, _("Revenue and spend"), ["revenue", "spend"], name="money",
                      bars=frozenset({"spend"}), inks=("--side-sales", "--side-marketing")),
            over_time(asked, _("Inquiries"), ["inquiries", "new_inquiries"], name="inquiries"),
        ],
        "sources": second_table(asked, "source", ("leads", "orders", "revenue", "spend", "romi")),
    }  # fmt: skip


def _inquiries(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "charts": [
            over_time(asked, _("Inquiries over time"), ["inquiries", "new_inquiries"]),
        ],
        "speed": over_time(
            asked, _("First reply over time"), ["first_reply_median", "first_reply_p90"],
            name="speed",
        ),
        "heat": heat(asked, document),
    }  # fmt: skip


def _team(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    names = [one.name for one in asked.question.grouping.dimensions]
    return {
        "charts": [
            over_time(asked, _("First reply over time"), ["first_reply_median", "first_reply_p90"]),
        ],
        "teams": None
        if asked.own or names != ["owner"]
        else second_table(asked, "team", layout.COLUMNS["team"]),
    }


def _sales(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "charts": [
            over_time(asked, _("Revenue over time"), ["revenue"], bars=frozenset({"revenue"}),
                      inks=("--side-sales",)),
            over_time(asked, _("Deals over time"), ["deals", "won", "lost"], name="deals"),
        ],
    }  # fmt: skip


def _marketing(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "charts": [
            over_time(asked, _("Leads and accepted leads"), ["leads", "accepted_leads"]),
            over_time(asked, _("Spend and revenue"), ["spend", "revenue"], name="money"),
        ],
    }


def _channels(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "charts": [over_time(asked, _("Inquiries and leads over time"), ["inquiries", "leads"])]
    }


def _cohorts(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    show = asked.parameters.get("show", "")
    show = show if show in SHOWN else "share"
    names = {"share": _("Bought, share"), "revenue": _("Revenue"), "margin": _("Gross margin")}
    choices = [(names[key], asked.address(show=key), key == show) for key in SHOWN]
    return {**cohorts(asked, document, show), "shows": choices}


_OF_REPORT: Final[dict[str, Sections]] = {
    "overview": _overview,
    "inquiries": _inquiries,
    "team": _team,
    "sales": _sales,
    "marketing": _marketing,
    "channels": _channels,
    "funnel": funnel,
    "cohorts": _cohorts,
    "broadcasts": broadcasts,
}


def sections(asked: Asked, document: dict[str, Any]) -> dict[str, Any]:
    """The context of a page, besides what all pages have."""
    found = _OF_REPORT.get(asked.report.name)
    return found(asked, document) if found else {}
