from inbox.models.attachment import Attachment
from inbox.models.conversation import Conversation
from inbox.models.inbound_envelope import InboundEnvelope
from inbox.models.message import Message
from inbox.models.message_change import MessageChange
from inbox.models.pending_reference import PendingReference
from inbox.models.rating import Rating
from inbox.models.rating_rule import RatingRule
from inbox.models.reaction import Reaction
from inbox.models.saved_view import SavedView

__all__ = [
    "Attachment",
    "Conversation",
    "InboundEnvelope",
    "Message",
    "MessageChange",
    "PendingReference",
    "Rating",
    "RatingRule",
    "Reaction",
    "SavedView",
]
