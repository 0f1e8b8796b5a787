from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = _("Marketing")

    def ready(self) -> None:
        from contacts.vocabulary import CONTACTS
        from marketing import (
            lookups,  # noqa: F401  registers the functions
            subscriptions,  # noqa: F401  wires broadcasts to the journal
            tracked_links,  # noqa: F401  tells what the keys of links stand for
        )
        from marketing.vocabulary import FIELDS

        CONTACTS.add(*FIELDS)
