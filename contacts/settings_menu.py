"""Pages of contacts in the menu of the settings."""

from django.utils.translation import gettext_lazy as _

from workspaces.permissions import Verb
from workspaces.templatetags.workspace_settings import Page, register_settings

register_settings(
    _("Contacts and deals"),
    [Page("own_fields:index", _("Fields"), "table", Verb.MANAGE_WORKSPACE, ("field",))],
)
