from django.urls import path

from inbox.files import views

app_name = "files"

urlpatterns = [
    path("avatars/<uuid:contact_id>/", views.avatar, name="avatar"),
    path("<uuid:attachment_id>/", views.attachment, name="attachment"),
    path("<uuid:attachment_id>/<str:name>", views.attachment, name="named-attachment"),
]
