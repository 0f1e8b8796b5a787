from marketing.models.broadcast import Broadcast
from marketing.models.link import BroadcastClick, BroadcastLink
from marketing.models.recipient import UNSETTLED, BroadcastRecipient, State
from marketing.models.segment import Segment, SegmentMember
from marketing.models.series import Series
from marketing.models.series_participant import SeriesParticipant
from marketing.models.series_step import SeriesStep
from marketing.models.settings import MarketingSettings
from marketing.models.tracked_link import TrackedLink, TrackedLinkDay

__all__ = [
    "UNSETTLED",
    "Broadcast",
    "BroadcastClick",
    "BroadcastLink",
    "BroadcastRecipient",
    "MarketingSettings",
    "Segment",
    "SegmentMember",
    "Series",
    "SeriesParticipant",
    "SeriesStep",
    "State",
    "TrackedLink",
    "TrackedLinkDay",
]
