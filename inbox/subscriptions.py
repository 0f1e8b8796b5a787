"""What the inbox does when something has happened."""

from events import types
from events.pokes import wake
from events.subscriptions import subscribe
from inbox import away, blocked, message_templates, setup, traffic
from inbox.delivery import pokes
from inbox.health import alerts
from inbox.ratings import asking, planning
from inbox.routing import subscription as routing
from live.typists import on_member_typing

wake(pokes.queued, actions=[types.MESSAGE_QUEUED])
wake(
    pokes.changed,
    actions=[types.MESSAGE_EDITED, types.MESSAGE_DELETED, types.MESSAGE_REACTED],
)
wake(pokes.read, actions=[types.CONVERSATION_READ])
subscribe(
    "connecting",
    pokes.connected,
    actions=[types.CHANNEL_CREATED, types.CHANNEL_STATUS_CHANGED, types.CHANNEL_UPDATED],
)
subscribe("alerts", alerts.on_events, actions=alerts.ACTIONS, at_leisure=True)
subscribe("away", away.on_events, actions=away.ACTIONS, at_leisure=True)
subscribe("rating plans", planning.on_events, actions=planning.ACTIONS, at_leisure=True)
subscribe(
    "ratings",
    asking.on_events,
    actions=[*asking.FOLLOWED, types.CONVERSATION_RATED],
    at_leisure=True,
)
subscribe("setup", setup.on_events, actions=setup.ACTIONS, at_leisure=True)
subscribe("traffic", traffic.on_events, actions=traffic.ACTIONS, at_leisure=True)
subscribe(
    "templates",
    message_templates.connected,
    actions=[types.CHANNEL_CREATED, types.CHANNEL_STATUS_CHANGED],
    at_leisure=True,
)
subscribe("blocking", blocked.close_conversations, actions=[types.CONTACT_BLOCKED])
subscribe("routing", routing.on_events, actions=routing.ACTIONS)
on_member_typing(pokes.show_typing)
