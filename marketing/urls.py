from django.urls import path

from marketing.views import links

app_name = "marketing"

urlpatterns = [
    path("r/<str:token>", links.link, name="link"),
    path("l/<str:key>", links.short_link, name="short-link"),
    path("r/<str:token>/stop", links.unsubscribe, name="unsubscribe"),
]
