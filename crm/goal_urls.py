from django.urls import path

from crm.views import goals

app_name = "goals"

urlpatterns = [
    path("settings/goals/", goals.index, name="index"),
    path("settings/goals/copies/", goals.copies, name="copies"),
    path("goals/progress/", goals.headline, name="progress"),
]
