from django.urls import include, path

from marketing import report_urls
from marketing.views.broadcasts import holding, listing, report
from marketing.views.wizard import audience, channels, check, message, schedule, testing

app_name = "broadcasts"

_broadcast = [
    path("", report.broadcast, name="broadcast"),
    path("", include(report_urls.of_broadcast)),
    path("audience/", audience.audience, name="audience"),
    path("channels/", channels.channels, name="channels"),
    path("split/", channels.split, name="split"),
    path("message/", message.message, name="message"),
    path("preview/", message.preview, name="preview"),
    path("test/", testing.test, name="test"),
    path("schedule/", schedule.schedule, name="schedule"),
    path("check/", check.check, name="check"),
    path("launch/", check.launch, name="launch"),
    path("pause/", holding.pause, name="pause"),
    path("resume/", holding.resume, name="resume"),
    path("stop/", holding.stop, name="stop"),
    path("copy/", holding.copy, name="copy"),
    path("deletion/", holding.deletion, name="deletion"),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("new/", audience.new, name="new"),
    path("comparison/", include(report_urls.side_by_side)),
    path("reach/", audience.reach, name="audience-reach"),
    path("<uuid:broadcast_id>/", include(_broadcast)),
]
