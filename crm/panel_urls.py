from django.urls import include, path

from crm.views import panel

app_name = "deal_panel"

_deal = [
    path("amount/", panel.amount, name="amount"),
    path("stage/", panel.stage, name="stage"),
    path("owner/", panel.owner, name="owner"),
    path("owners/", panel.owners, name="owners"),
    path("acceptance/", panel.acceptance, name="acceptance"),
    path("following/", panel.following, name="following"),
    path("refusal/", panel.refusal, name="refusal"),
]

urlpatterns = [
    path("<uuid:conversation_id>/", panel.panel, name="panel"),
    path("<uuid:conversation_id>/<uuid:deal_id>/", include(_deal)),
]
