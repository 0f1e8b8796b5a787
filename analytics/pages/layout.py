"""Which metrics a page shows until somebody chooses others."""

from typing import Final

from analytics.metrics import Metric, metrics_of
from analytics.pages.asking import Asked

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "overview": (
        "inquiries", "leads", "accepted_leads", "orders", "conversion", "spend", "cpl", "cpo",
        "revenue", "average_ticket",
    ),
    "inquiries": (
        "inquiries", "new_inquiries", "new_share", "first_reply_median", "first_reply_p90",
        "sla_share", "waiting", "resolved", "resolution_median", "rating", "rejected",
    ),
    "team": (
        "accepted", "first_reply_median", "first_reply_p90", "sla_share", "waiting", "deals",
        "won", "lost", "conversion", "average_ticket", "revenue", "cycle_days", "rating",
    ),
    "sales": (
        "deals", "won", "lost", "rejected", "conversion", "average_ticket", "revenue",
        "cycle_days", "lost_amount", "paid",
    ),
    "marketing": (
        "spend", "clicks", "ctr", "cpc", "leads", "cpl", "accepted_leads", "accepted_lead_cost",
        "orders", "cpo", "cac", "average_ticket", "revenue", "ripeness", "roas", "romi",
    ),
    "channels": (
        "inquiries", "new_share", "first_reply_median", "sla_share", "waiting", "leads",
        "accepted_leads", "orders", "conversion", "revenue", "rating",
    ),
    "broadcasts": (),
}  # fmt: skip
TILES: Final[dict[str, tuple[str, ...]]] = {
    "overview": ("inquiries", "leads", "accepted_leads", "orders", "revenue", "spend", "romi",
                 "first_reply_median"),
    "inquiries": ("inquiries", "new_inquiries", "new_share", "first_reply_median", "sla_share",
                  "waiting"),
    "team": ("accepted", "first_reply_median", "sla_share", "waiting", "won", "conversion",
             "revenue", "rating"),
    "sales": ("deals", "won", "conversion", "average_ticket", "revenue", "cycle_days"),
    "marketing": ("spend", "cpc", "cpl", "accepted_lead_cost", "cpo", "cac", "romi"),
    "channels": ("inquiries", "leads", "orders", "conversion", "revenue"),
}  # fmt: skip


def shown(asked: Asked) -> list[Metric]:
    """The columns of the table, in the registry's order only where somebody chose them."""
    known = {one.key: one for one in metrics_of(asked.report.name)}
    keys = asked.shown or [key for key in COLUMNS.get(asked.report.name, ()) if key in known]
    return [known[key] for key in keys or known]


def tiles(asked: Asked) -> list[Metric]:
    """The numbers on top."""
    known = {one.key: one for one in metrics_of(asked.report.name)}
    return [known[key] for key in TILES.get(asked.report.name, ()) if key in known]
