from django.urls import include, path

from workspaces.views import (
    api_tokens,
    calendars,
    entrance,
    general,
    invitations,
    joining,
    members,
    profile,
    sessions,
    teams,
)

app_name = "workspaces"

_settings = [
    path("", profile.settings, name="settings"),
    path("profile/", profile.profile, name="profile"),
    path("security/", profile.security, name="security"),
    path("general/", general.general, name="general"),
    path("members/", members.members, name="members"),
    path("members/<uuid:member_id>/", members.member, name="member"),
    path(
        "members/<uuid:member_id>/deactivation/",
        members.member_deactivation,
        name="member-deactivation",
    ),
    path(
        "members/<uuid:member_id>/reactivation/",
        members.member_reactivation,
        name="member-reactivation",
    ),
    path("invitations/", invitations.create, name="invitations"),
    path(
        "invitations/<uuid:invitation_id>/revocation/",
        invitations.revocation,
        name="invitation-revocation",
    ),
    path("teams/", teams.teams, name="teams"),
    path("teams/<uuid:team_id>/", teams.team, name="team"),
    path("teams/<uuid:team_id>/hours/", calendars.team_hours, name="team-hours"),
    path("hours/", calendars.working_hours, name="hours"),
    path("tokens/", api_tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revocation/", api_tokens.revocation, name="token-revocation"),
]

urlpatterns = [
    path("", entrance.home, name="home"),
    path("workspaces/", entrance.index, name="index"),
    path("workspaces/security/", entrance.own_security, name="own-security"),
    path("workspaces/new/", entrance.create, name="new"),
    path("invitations/<str:token>/", joining.invitation, name="invitation"),
    path("accounts/sessions/<int:session_id>/end/", sessions.session_end, name="session-end"),
    path("w/<slug:slug>/", entrance.start, name="start"),
    path("w/<slug:slug>/settings/", include(_settings)),
]
