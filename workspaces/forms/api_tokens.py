from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models import Role
from workspaces.permissions import Verb

RIGHTS = {
    Verb.READ_INBOX: _("Read conversations"),
    Verb.WRITE_INBOX: _("Reply, accept, close"),
    Verb.ASSIGN_OTHERS: _("Assign to others"),
    Verb.CHANGE_OTHERS: _("Edit and delete colleagues’ messages"),
    Verb.READ_CONTACTS: _("Read contacts"),
    Verb.WRITE_CONTACTS: _("Change contacts"),
    Verb.IMPORT_CONTACTS: _("Import contacts"),
    Verb.EXPORT_CONTACTS: _("Export contacts"),
    Verb.READ_PHONES: _("See whole phone numbers in reports"),
    Verb.READ_DEALS: _("Read deals"),
    Verb.WRITE_DEALS: _("Change deals"),
    Verb.MANAGE_PIPELINES: _("Change pipelines"),
    Verb.MANAGE_GOALS: _("Set sales plans"),
    Verb.ANSWER_REFUSALS: _("Answer “not a lead”"),
    Verb.SETTLE_REFUSALS: _("Settle disputes about “not a lead”"),
    Verb.READ_SEGMENTS: _("Read segments"),
    Verb.WRITE_SEGMENTS: _("Change segments"),
    Verb.READ_BROADCASTS: _("Read broadcasts"),
    Verb.WRITE_BROADCASTS: _("Prepare broadcasts"),
    Verb.LAUNCH_BROADCASTS: _("Send and stop broadcasts"),
    Verb.MANAGE_CHANNELS: _("Connect and change channels"),
    Verb.MANAGE_MEMBERS: _("Manage members"),
    Verb.MANAGE_TEAMS: _("Manage teams"),
    Verb.MANAGE_TOKENS: _("Manage API tokens"),
    Verb.MANAGE_WORKSPACE: _("Change the workspace"),
    Verb.READ_EVENTS: _("Read the journal"),
    Verb.READ_REPORTS: _("Read reports"),
    Verb.READ_OWN_NUMBERS: _("Read one’s own numbers in reports"),
    Verb.WRITE_SPEND: _("Put down what advertisements cost"),
    Verb.WRITE_LINKS: _("Make links for advertisements"),
}
LIFETIMES = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("A year")),
    ("", _("Until revoked")),
]


class ApiTokenForm(forms.Form):
    """What a program may do, and for how long."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Which program uses it, so that you know later."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AGENT)
    scopes = forms.MultipleChoiceField(
        label=_("Only these rights"),
        help_text=_("Nothing ticked: everything the role allows."),
        choices=[(verb.value, RIGHTS[verb]) for verb in Verb],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lifetime = forms.ChoiceField(
        label=_("Valid for"), choices=LIFETIMES, required=False, initial="90"
    )

    def expires_at(self) -> datetime | None:
        """The end of the chosen lifetime, counted from now; None = until revoked."""
        days: Any = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None
