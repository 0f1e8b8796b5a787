from django.urls import include, path

from marketing.views.broadcasts import listing, report

app_name = "broadcasts"

_broadcast = [
    path("", report.broadcast, name="broadcast"),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("<uuid:broadcast_id>/", include(_broadcast)),
]
