from django.urls import path

from marketing.views import links, settings

app_name = "marketing"

urlpatterns = [
    path("r/<str:token>", links.link, name="link"),
    path("l/<str:key>", links.short_link, name="short-link"),
    path("r/<str:token>/stop", links.unsubscribe, name="unsubscribe"),
    path("w/<slug:slug>/settings/broadcasts/", settings.settings, name="settings"),
]
