"""Thin news of tasks and plans: what has changed, by name.

Names: "tasks" (anybody's), "goals", and, with an id, "contact_tasks", "deal_tasks".
"""

from collections.abc import Iterable

from events import types
from events.models import Event
from live.fragments import register_changes

OF_TASKS = (
    types.TASK_CREATED,
    types.TASK_UPDATED,
    types.TASK_DONE,
    types.TASK_REOPENED,
    types.TASK_DELETED,
)
# A deal that has come to an outcome asks what is to become of its tasks.
OF_OUTCOMES = (types.DEAL_WON, types.DEAL_LOST, types.DEAL_REJECTED, types.DEAL_REOPENED)


def _of_task(event: Event) -> Iterable[str]:
    names = ["tasks"]
    for kind in ("contact", "deal"):
        changed = event.data.get("changes", {}).get(kind, {})
        keys = {event.data.get(kind), changed.get("before")} - {None}
        names += [f"{kind}_tasks:{key}" for key in keys]
    return names


# The judgement of leads; "refusals" is whose word is missing, and what was said.
OF_REFUSALS = (
    types.DEAL_REFUSAL_AGREED,
    types.DEAL_REFUSAL_CONTESTED,
    types.DEAL_REFUSAL_UPHELD,
    types.DEAL_REFUSAL_OVERTURNED,
)


def _of_refusal(event: Event) -> Iterable[str]:
    return ["refusals", f"deals:{event.data['contact']}", f"deal:{event.subject_id}"]


register_changes(OF_TASKS, _of_task)
# What of a deal that is won counts into a plan.
OF_REVENUE = (types.DEAL_UPDATED, types.PAYMENT_RECORDED, types.PAYMENT_REMOVED)


def _of_revenue(event: Event) -> Iterable[str]:
    return ["goals"] if event.data.get("status") == "won" else []


register_changes(OF_REVENUE, _of_revenue)
register_changes(OF_OUTCOMES, lambda event: [f"deal_tasks:{event.subject_id}", "goals"])
register_changes(OF_REFUSALS, _of_refusal)
register_changes([types.DEAL_REJECTED, types.DEAL_REOPENED, types.DEAL_ACCEPTED], ["refusals"])
register_changes([types.GOAL_CHANGED], ["goals"])
