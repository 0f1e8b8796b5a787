from django.urls import path

from marketing.views.segments import listing

app_name = "segments"

urlpatterns = [
    path("", listing.index, name="index"),
]
