from crm.actions.creating import create_deal
from crm.actions.deals import assign_deal, follow_deal, unfollow_deal, update_deal
from crm.actions.moving import Conflict, accept_deal, move_deal

__all__ = [
    "Conflict",
    "accept_deal",
    "assign_deal",
    "create_deal",
    "follow_deal",
    "move_deal",
    "unfollow_deal",
    "update_deal",
]
