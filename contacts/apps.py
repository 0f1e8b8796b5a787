from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from contacts import (  # noqa: F401  register
            indexing,
            lookups,
            settings_menu,
            stories,
            subscriptions,
        )
        from contacts.bulk import (  # noqa: F401  register their actions
            blocking,
            consents,
            erasing,
            labels,
            owners,
        )
        from contacts.exports import running as exports  # noqa: F401  registers the job
        from contacts.imports import running, undoing  # noqa: F401  register the jobs
        from contacts.table import own_columns  # noqa: F401  registers the columns
