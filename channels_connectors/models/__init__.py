from channels_connectors.models.channel import Channel, ChannelAccess

__all__ = ["Channel", "ChannelAccess"]
