"""What sales put on the card of a conversation."""

from inbox.panels import Panel, register_panel
from workspaces.permissions import Verb

register_panel(
    Panel(
        name="tasks",
        address="tasks:of-conversation",
        verb=Verb.READ_DEALS,
        changed=lambda found: f"contact_tasks:{found.contact_id} conversation:{found.pk}",
        place=40,
    )
)
