from channels_connectors.models.channel import Channel, ChannelAccess
from channels_connectors.models.channel_day import ChannelDay
from channels_connectors.models.channel_notice import ChannelNotice
from channels_connectors.models.message_template import MessageTemplate

__all__ = ["Channel", "ChannelAccess", "ChannelDay", "ChannelNotice", "MessageTemplate"]
