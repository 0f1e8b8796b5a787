from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.models import Membership, Role, Team, Visibility


class MemberForm(forms.Form):
    """What a member may do and see."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    visibility = forms.ChoiceField(label=_("Sees conversations"), choices=Visibility.choices)
    takes_conversations = forms.BooleanField(
        label=_("Receives conversations automatically"), required=False
    )
    teams: "forms.ModelMultipleChoiceField[Team]" = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "role": membership.role,
            "visibility": membership.visibility,
            "takes_conversations": membership.takes_conversations,
            "teams": [link.team_id for link in membership.team_memberships.all()],
        }
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
