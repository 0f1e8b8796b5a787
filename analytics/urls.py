from django.urls import path

from analytics.views import reports, rows

app_name = "reports"

urlpatterns = [
    path("", reports.index, name="index"),
    path("<str:name>/", reports.report, name="report"),
    path("<str:name>/rows/", rows.rows, name="rows"),
    path("<str:name>/branch/", reports.branch, name="branch"),
    path("<str:name>/conditions/", reports.conditions, name="conditions"),
]
