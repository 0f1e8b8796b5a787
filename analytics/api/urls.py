from django.urls import path

from analytics.api import costs, reports, spend

urlpatterns = [
    path("spend/", spend.SpendList.as_view(), name="spend"),
    path("spend/periods/", spend.SpendOfPeriod.as_view(), name="spend-period"),
    path("acquisition-costs/", costs.AcquisitionCostList.as_view(), name="acquisition-costs"),
    path("reports/<str:name>/", reports.ReportDetail.as_view(), name="report"),
    path("reports/<str:name>/rows/", reports.ReportRows.as_view(), name="report-rows"),
]
