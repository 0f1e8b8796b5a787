from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.models import Membership, Team


class TeamForm(forms.Form):
    """A team's name and who is in it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    members: "forms.ModelMultipleChoiceField[Membership]" = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        if team is not None:
            members = [link.membership_id for link in team.team_memberships.all()]
            kwargs["initial"] = {"name": team.name, "members": members}
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = (  # type: ignore[attr-defined]
            Membership.objects.active().with_user().order_by("user__name")
        )
