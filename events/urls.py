from django.urls import path

from events.views import notifications

app_name = "notifications"

urlpatterns = [
    path("", notifications.index, name="index"),
    path("count/", notifications.count, name="count"),
    path("reading/", notifications.reading, name="reading"),
    path("<uuid:notification_id>/opening/", notifications.opening, name="opening"),
]
