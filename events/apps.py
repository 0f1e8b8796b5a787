from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Journal")

    def ready(self) -> None:
        from events import lookups  # noqa: F401  registers the functions
        from events.journal import record
        from workspaces import facts

        facts.listen(record)
