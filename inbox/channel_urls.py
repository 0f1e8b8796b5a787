from django.urls import path

from inbox.views.channels import changing, connecting, listing

app_name = "channels"

urlpatterns = [
    path("", listing.index, name="index"),
    path("new/<slug:kind>/", connecting.new, name="new"),
    path("<uuid:channel_id>/", changing.channel, name="channel"),
    path("<uuid:channel_id>/connection/", connecting.again, name="channel-connection"),
    path("<uuid:channel_id>/disconnection/", changing.disconnection, name="channel-disconnection"),
    path("<uuid:channel_id>/replay/", changing.replay, name="channel-replay"),
]
