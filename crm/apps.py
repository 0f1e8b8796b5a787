from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Sales")

    def ready(self) -> None:
        from crm.board import broadcasts  # noqa: F401  registers what open boards are shown
        from crm.furniture import furnish
        from workspaces.furniture import on_new_workspace

        on_new_workspace(furnish)
