from django.urls import include, path

from inbox.views.channels import changing, connecting, listing, parked, setting_up, templates

app_name = "channels"

_setup = [
    path("check/", setting_up.check, name="setup-check"),
    path("people/", setting_up.people, name="setup-people"),
    path("done/", setting_up.done, name="setup-done"),
    path("onward/", setting_up.onward, name="setup-onward"),
]
_templates = [
    path("", templates.index, name="templates"),
    path("sync/", templates.sync, name="templates-sync"),
    path("<uuid:template_id>/deletion/", templates.deletion, name="template-deletion"),
]
_channel = [
    path("", changing.channel, name="channel"),
    path("setup/", include(_setup)),
    path("templates/", include(_templates)),
    path("connection/", connecting.again, name="channel-connection"),
    path("repair/", connecting.repair, name="channel-repair"),
    path("check/", changing.check, name="channel-check"),
    path("pause/", changing.pause, name="channel-pause"),
    path("resumption/", changing.resumption, name="channel-resumption"),
    path("disconnection/", changing.disconnection, name="channel-disconnection"),
    path("replay/", parked.replay, name="channel-replay"),
    path("parked/<uuid:envelope_id>/", parked.envelope, name="envelope"),
    path("parked/<uuid:envelope_id>/replay/", parked.envelope_replay, name="envelope-replay"),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("new/<slug:kind>/", connecting.new, name="new"),
    path("<uuid:channel_id>/", include(_channel)),
]
