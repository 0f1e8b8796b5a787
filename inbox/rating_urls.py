from django.urls import path

from inbox.views import ratings

app_name = "ratings"

urlpatterns = [
    path("", ratings.all_rules, name="index"),
    path("<uuid:channel_id>/", ratings.rule, name="rule"),
    path("<uuid:channel_id>/removal/", ratings.removal, name="removal"),
]
