from django.urls import path

from workspaces.api import views

urlpatterns = [
    path("members/", views.MemberList.as_view(), name="members"),
    path("members/<uuid:pk>/", views.MemberDetail.as_view(), name="member"),
    path("teams/", views.TeamList.as_view(), name="teams"),
]
