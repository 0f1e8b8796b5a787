from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LivechatConfig(AppConfig):
    name = "livechat"
    verbose_name = _("Website chat")

    def ready(self) -> None:
        from livechat import connector  # noqa: F401  registers the kind
