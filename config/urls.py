"""All addresses. Each app brings its own list."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config import health
from core import views
from inbox.views.letters import picture

handler500 = "core.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("language/", set_language, name="set_language"),
    path("api/v1/", include("config.api")),
    path("accounts/", include("allauth.urls")),
    path("w/<slug:slug>/inbox/", include("inbox.urls")),
    path("w/<slug:slug>/notifications/", include("events.urls")),
    path("w/<slug:slug>/funnel/", include("crm.funnel_urls")),
    path("w/<slug:slug>/tasks/", include("crm.task_urls")),
    path("w/<slug:slug>/", include("crm.goal_urls")),
    path("w/<slug:slug>/channels/", include("inbox.channel_urls")),
    path("w/<slug:slug>/contacts/", include("contacts.urls")),
    path("w/<slug:slug>/settings/fields/", include("contacts.settings_urls")),
    path("w/<slug:slug>/reports/", include("analytics.ground_urls")),
    path("w/<slug:slug>/reports/", include("analytics.urls")),
    path("w/<slug:slug>/broadcasts/", include("marketing.broadcast_urls")),
    path("w/<slug:slug>/series/", include("marketing.series_urls")),
    path("w/<slug:slug>/segments/", include("marketing.segment_urls")),
    path("w/<slug:slug>/files/", include("inbox.files.urls")),
    path("w/<slug:slug>/settings/ratings/", include("inbox.rating_urls")),
    path("w/<slug:slug>/deal-panel/", include("crm.panel_urls")),
    path("w/<slug:slug>/settings/sales/", include("crm.settings_urls")),
    path("letters/pictures/<str:token>/", picture, name="letter-picture"),
    path("", include("marketing.urls")),
    path("", include("livechat.urls")),
    path("", include("workspaces.urls")),
]
