from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = _("Marketing")

    def ready(self) -> None:
        from contacts.vocabulary import CONTACTS
        from marketing import lookups, subscriptions  # noqa: F401  registers them
        from marketing.vocabulary import FIELDS

        CONTACTS.add(*FIELDS)
