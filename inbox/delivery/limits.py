"""How fast a channel and a chat may be written to."""

from typing import Final
from uuid import UUID

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Capabilities
from core.ratelimit import Bucket, count_within, pause
from core.redis import workspace_key

# So many refusals "too often" in so many seconds mean the account, not one chat.
STRIKES: Final = 3
STRIKE_SECONDS: Final = 10.0
FIRST_PAUSE: Final = 2.0
# So many failures to reach a platform within a minute, and it is left alone for a while.
SILENCES: Final = 5
SILENCE_SECONDS: Final = 60.0
SILENCE_PAUSE: Final = 20.0


def channel_bucket(workspace_id: UUID, channel_id: UUID, capabilities: Capabilities) -> Bucket:
    """All sends of one account: a second's worth at once."""
    rate = capabilities.sends_per_second
    key = workspace_key(workspace_id, "rate", channel_id.hex)
    return Bucket(key, rate, max(1, round(rate)))


def chat_bucket(
    workspace_id: UUID, channel_id: UUID, chat_id: str, capabilities: Capabilities
) -> Bucket:
    """The sends into one chat."""
    key = workspace_key(workspace_id, "rate", channel_id.hex, chat_id)
    return Bucket(key, capabilities.chat_sends_per_second, capabilities.chat_burst)


def heed(channel: Bucket, chat: Bucket, error: ConnectorError) -> None:
    """Let nobody else run into the same wall.

    Asked to wait, the chat does, and if the platform keeps asking, the whole channel, unless it
    says that the limit is the chat's own. A platform that does not answer is left alone for a
    while, then one try tells whether it is back.
    """
    if error.error_class == "rate":
        seconds = error.retry_after or FIRST_PAUSE
        pause(chat, seconds)
        if error.of_chat:
            return
        if count_within(f"{channel.key}:strikes", STRIKE_SECONDS) >= STRIKES:
            pause(channel, seconds)
    if error.error_class == "transient" and (
        count_within(f"{channel.key}:silences", SILENCE_SECONDS) >= SILENCES
    ):
        pause(channel, SILENCE_PAUSE)
