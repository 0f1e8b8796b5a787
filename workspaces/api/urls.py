from django.urls import path

from workspaces.api import members, teams

urlpatterns = [
    path("members/", members.MemberList.as_view(), name="members"),
    path("members/<uuid:pk>/", members.MemberDetail.as_view(), name="member"),
    path("teams/", teams.TeamList.as_view(), name="teams"),
    path("teams/<uuid:pk>/", teams.TeamDetail.as_view(), name="team"),
]
