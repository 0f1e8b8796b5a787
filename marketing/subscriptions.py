"""What marketing does when something has happened."""

from events import types
from events.pokes import wake
from events.subscriptions import subscribe
from marketing import answers, statuses, stop_words
from marketing.engine import pokes
from marketing.series import news

# Before "routing", in the alphabet and so in a run: the broadcast's people come first.
subscribe("broadcast-answers", answers.on_events, actions=answers.ACTIONS)
subscribe("broadcast-statuses", statuses.on_events, actions=statuses.ACTIONS, at_leisure=True)
subscribe("broadcast-stops", stop_words.on_events, actions=stop_words.ACTIONS)
# After those: who has answered or unsubscribed is known by then.
subscribe("series-entries", news.on_entering, actions=news.ENTERING, at_leisure=True)
subscribe("series-exits", news.on_leaving, actions=news.LEAVING, at_leisure=True)
wake(
    pokes.poke,
    actions=[types.BROADCAST_LAUNCHED, types.BROADCAST_STARTED, types.BROADCAST_RESUMED],
)
