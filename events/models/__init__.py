from events.models.event import Event
from events.models.notification import Notification
from events.models.subscription_cursor import SubscriptionCursor
from events.models.workspace_counter import WorkspaceCounter

__all__ = ["Event", "Notification", "SubscriptionCursor", "WorkspaceCounter"]
