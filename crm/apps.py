from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Sales")

    def ready(self) -> None:
        from contacts.indexing import register_entity
        from crm import (
            changes,  # noqa: F401  names what news change on screens
            contact_cards,  # noqa: F401  shows deals and tasks on the page of a contact
            contact_columns,  # noqa: F401  registers its columns of contacts
            conversation_actions,  # noqa: F401  registers what is done with many conversations
            conversation_columns,  # noqa: F401  registers its columns of conversations
            conversations,  # noqa: F401  registers what the inbox shows of deals
            lookups,  # noqa: F401  registers what the sweeper asks
            panels,  # noqa: F401  shows tasks beside a conversation
            people,  # noqa: F401  hands out and forgets what is known of a person
            settings_menu,  # noqa: F401  registers the pages of the settings
            stories,  # noqa: F401  tells of deals in the story of a contact
            subscriptions,  # noqa: F401  wires sales to the journal
            vocabulary_of_contacts,  # noqa: F401  adds what can be asked of contacts
            vocabulary_of_conversations,  # noqa: F401  adds what can be asked of conversations
        )
        from crm.board import broadcasts  # noqa: F401  registers what open boards are shown
        from crm.furniture import furnish
        from crm.models import Deal
        from workspaces.furniture import on_new_workspace

        register_entity("deal", Deal)
        on_new_workspace(furnish)
