from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PLATFORMS = ["telegram", "vk", "whatsapp", "max", "email", "api"]


class ChannelsConnectorsConfig(AppConfig):
    name = "channels_connectors"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from channels_connectors import lookups  # noqa: F401  registers the functions
        from channels_connectors.models import Channel
        from live.access import register_hidden_channels

        register_hidden_channels(
            lambda member: Channel.objects.hidden_from(member).values_list("pk", flat=True)
        )

        for platform in PLATFORMS:
            if find_spec(f"channels_connectors.{platform}.connector"):
                import_module(f"channels_connectors.{platform}.connector")
