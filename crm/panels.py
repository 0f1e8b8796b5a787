"""What there is to do, on the card of a conversation."""

from django.utils.translation import gettext_lazy as _

from inbox.panels import Section, register_section
from workspaces.permissions import Verb

register_section(
    Section(
        frame="card_tasks",
        address="tasks:of-conversation",
        title=_("Tasks"),
        verb=Verb.READ_DEALS,
        changed=lambda found: f"contact_tasks:{found.contact_id} conversation:{found.pk}",
        order=40,
    )
)
