"""What sales know of a conversation: whatever can be asked of deals, asked of any of its own.

They ask of the whole workspace, whoever looks; the list shows only what its viewer may see.
"""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import pgettext_lazy

from core.conditions.through import through
from crm.models import Deal
from crm.vocabulary import DEALS
from inbox.vocabulary_of_conversations import CONVERSATIONS


def _deal(condition: Q) -> Q:
    return Q(Exists(Deal.objects.filter(condition, conversation=OuterRef("pk"))))


find, members = through(
    "deal",
    pgettext_lazy("conditions", "Deal"),
    DEALS,
    _deal,
    # The customer is asked of the conversation itself.
    offers=lambda known: known.name.partition(".")[0] not in {"contact", "company"},
)
CONVERSATIONS.add_family("deal", find, members)
