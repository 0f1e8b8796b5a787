from workspaces.forms.api_tokens import ApiTokenForm
from workspaces.forms.calendars import CalendarForm
from workspaces.forms.invitations import InvitationForm, JoinForm
from workspaces.forms.login import LoginForm
from workspaces.forms.members import MemberForm
from workspaces.forms.profile import ProfileForm
from workspaces.forms.signup import SignupForm
from workspaces.forms.teams import TeamForm
from workspaces.forms.workspaces import NewWorkspaceForm, WorkspaceForm

__all__ = [
    "ApiTokenForm",
    "CalendarForm",
    "InvitationForm",
    "JoinForm",
    "LoginForm",
    "MemberForm",
    "NewWorkspaceForm",
    "ProfileForm",
    "SignupForm",
    "TeamForm",
    "WorkspaceForm",
]
