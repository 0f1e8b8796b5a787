"""The page of broadcasts in the settings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.permissions import Verb
from workspaces.templatetags.workspace_settings import Page, register_settings

register_settings(
    pgettext_lazy("settings", "Marketing"),
    [Page("marketing:settings", _("Rules of broadcasts"), "megaphone", Verb.LAUNCH_BROADCASTS)],
)
