from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from analytics import (
            lookups,  # noqa: F401  registers the functions
            people,  # noqa: F401  forgets what is known of a person
            subscriptions,  # noqa: F401  wires facts to the journal
        )
