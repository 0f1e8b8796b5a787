from django.urls import include, path

from marketing.views.segments import editing, listing, members

app_name = "segments"

_segment = [
    path("", members.segment, name="segment"),
    path("edit/", editing.edit, name="edit"),
    path("recount/", members.recount, name="recount"),
    path("freezing/", members.freezing, name="freezing"),
    path("deletion/", members.deletion, name="deletion"),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("new/", editing.new, name="new"),
    path("upload/", editing.upload, name="upload"),
    path("count/", editing.count, name="count"),
    path("reach/", editing.reach, name="reach"),
    path("conversations/<uuid:conversation_id>/", members.of_conversation, name="of-conversation"),
    path("<uuid:segment_id>/", include(_segment)),
]
