from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = _("Marketing")

    def ready(self) -> None:
        from contacts.vocabulary import CONTACTS
        from marketing import (
            changes,  # noqa: F401  names what news change on screens
            contact_cards,  # noqa: F401  shows segments on the page of a contact
            contact_panels,  # noqa: F401  shows segments beside the table of contacts
            lookups,  # noqa: F401  registers what is asked before a workspace is known
            settings_menu,  # noqa: F401  registers the page of the settings
            subscriptions,  # noqa: F401  wires marketing to the journal
            tracked_links,  # noqa: F401  tells what the keys of links stand for
        )
        from marketing.reporting import exporting  # noqa: F401  registers the jobs
        from marketing.vocabulary import FIELDS

        CONTACTS.add(*FIELDS)
