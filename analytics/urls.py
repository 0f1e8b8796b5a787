from django.urls import path

from analytics.views import reports, rows, saved, spend

app_name = "reports"

urlpatterns = [
    path("", reports.index, name="index"),
    path("spend/", spend.index, name="spend"),
    path("spend/by-hand/", spend.by_hand, name="spend-by-hand"),
    path("spend/upload/", spend.upload, name="spend-upload"),
    path("spend/files/<uuid:file_id>/", spend.file, name="spend-file"),
    path("spend/accounts/", spend.connect, name="spend-connect"),
    path("spend/accounts/<uuid:ad_account_id>/", spend.account_deed, name="spend-account"),
    path("spend/money/", spend.money, name="spend-money"),
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
