from marketing.models.broadcast import Broadcast
from marketing.models.link import BroadcastClick, BroadcastLink
from marketing.models.recipient import BroadcastRecipient, State
from marketing.models.segment import Segment, SegmentMember

__all__ = [
    "Broadcast",
    "BroadcastClick",
    "BroadcastLink",
    "BroadcastRecipient",
    "Segment",
    "SegmentMember",
    "State",
]
