from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PLATFORMS = ["telegram"]


class ChannelsConnectorsConfig(AppConfig):
    name = "channels_connectors"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from channels_connectors import lookups  # noqa: F401  registers the functions

        for platform in PLATFORMS:
            if find_spec(f"channels_connectors.{platform}.connector"):
                import_module(f"channels_connectors.{platform}.connector")
