from django.urls import path

from livechat.views import demo, files, frame, loader, posts, sessions, settings

app_name = "livechat"

urlpatterns = [
    path("chat/<slug:key>.js", loader.script, name="loader"),
    path("chat/<slug:key>/frame/", frame.page, name="frame"),
    path("chat/<slug:key>/session/", sessions.session, name="session"),
    path("chat/<slug:key>/frames/", posts.frames, name="frames"),
    path("chat/<slug:key>/uploads/", files.upload, name="uploads"),
    path("chat/<slug:key>/files/<uuid:attachment_id>/", files.file, name="file"),
    path("demo/", demo.shop, name="demo"),
    path(
        "w/<slug:slug>/channels/<uuid:channel_id>/widget/",
        settings.edit,
        name="settings",
    ),
]
