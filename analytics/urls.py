from django.urls import path

from analytics.views import reports, rows, saved

app_name = "reports"

urlpatterns = [
    path("", reports.index, name="index"),
    path("saved/", saved.index, name="saved"),
    path("saved/<uuid:saved_id>/delete/", saved.delete, name="saved-delete"),
    path("saved/<uuid:saved_id>/deliveries/", saved.delivery, name="delivery-new"),
    path("saved/<uuid:saved_id>/deliveries/<uuid:delivery_id>/", saved.delivery, name="delivery"),
    path(
        "saved/<uuid:saved_id>/deliveries/<uuid:delivery_id>/deed/",
        saved.delivery_deed,
        name="delivery-deed",
    ),
    path("<str:name>/file.<str:file_format>", saved.file, name="file"),
    path("<str:name>/save/", saved.save, name="save"),
    path("<str:name>/", reports.report, name="report"),
    path("<str:name>/rows/", rows.rows, name="rows"),
    path("<str:name>/branch/", reports.branch, name="branch"),
    path("<str:name>/conditions/", reports.conditions, name="conditions"),
]
