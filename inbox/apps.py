from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = _("Inbox")

    def ready(self) -> None:
        from inbox import (
            broadcasts,  # noqa: F401  registers what open pages are shown
            changes,  # noqa: F401  registers what they are told of
            contact_cards,  # noqa: F401  shows conversations on the page of a contact
            contact_columns,  # noqa: F401  registers its columns of contacts
            contact_merges,  # noqa: F401  holds the sorter while contacts are merged
            lookups,  # noqa: F401  registers the functions
            people,  # noqa: F401  hands out and forgets what is known of a person
            settings_menu,  # noqa: F401  registers its page of the settings
            stories,  # noqa: F401  tells of conversations in the story of a contact
            vocabulary,  # noqa: F401  adds what can be asked of contacts
        )
        from inbox.table import own_columns  # noqa: F401  registers its columns of conversations

        if find_spec("inbox.subscriptions"):
            from inbox import subscriptions  # noqa: F401  wires the inbox to the journal
