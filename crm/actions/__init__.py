from crm.actions.books import close_books, closed_until, reopen_books
from crm.actions.creating import create_deal
from crm.actions.deals import assign_deal, follow_deal, unfollow_deal, update_deal
from crm.actions.goals import copy_goals, delete_goal, set_goal
from crm.actions.items import Line, lines_of, set_items
from crm.actions.moving import Conflict, accept_deal, move_deal
from crm.actions.payments import record_payment, remove_payment
from crm.actions.pipelines import (
    archive_pipeline,
    create_pipeline,
    place_pipeline,
    restore_pipeline,
    update_pipeline,
)
from crm.actions.products import archive_product, create_product, restore_product, update_product
from crm.actions.reasons import (
    archive_reason,
    create_reason,
    place_reason,
    restore_reason,
    update_reason,
)
from crm.actions.refusing import answer_refusal, decide_refusal, set_refusal_rule
from crm.actions.rules import remove_deal_rule, set_deal_rule
from crm.actions.stages import create_stage, delete_stage, order_stages, place_stage, update_stage
from crm.actions.tasks import (
    assign_task,
    complete_all,
    complete_task,
    create_task,
    delete_task,
    reopen_task,
    update_task,
)

__all__ = [
    "Conflict",
    "Line",
    "accept_deal",
    "answer_refusal",
    "archive_pipeline",
    "archive_product",
    "archive_reason",
    "assign_deal",
    "assign_task",
    "close_books",
    "closed_until",
    "complete_all",
    "complete_task",
    "copy_goals",
    "create_deal",
    "create_pipeline",
    "create_product",
    "create_reason",
    "create_stage",
    "create_task",
    "decide_refusal",
    "delete_goal",
    "delete_stage",
    "delete_task",
    "follow_deal",
    "lines_of",
    "move_deal",
    "order_stages",
    "place_pipeline",
    "place_reason",
    "place_stage",
    "record_payment",
    "remove_deal_rule",
    "remove_payment",
    "reopen_books",
    "reopen_task",
    "restore_pipeline",
    "restore_product",
    "restore_reason",
    "set_deal_rule",
    "set_goal",
    "set_items",
    "set_refusal_rule",
    "unfollow_deal",
    "update_deal",
    "update_pipeline",
    "update_product",
    "update_reason",
    "update_stage",
    "update_task",
]
