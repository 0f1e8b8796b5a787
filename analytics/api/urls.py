from django.urls import path

from analytics.api import (
    accounts,
    agreements,
    alerts,
    conversions,
    costs,
    digests,
    files,
    reports,
    saved,
    settings,
    spend,
)

urlpatterns = [
    path("spend/", spend.SpendList.as_view(), name="spend"),
    path("spend/files/", files.SpendFile.as_view(), name="spend-file"),
    path("spend/periods/", spend.SpendOfPeriod.as_view(), name="spend-period"),
    path("acquisition-costs/", costs.AcquisitionCostList.as_view(), name="acquisition-costs"),
    path("ad-accounts/", accounts.AdAccountList.as_view(), name="ad-accounts"),
    path("ad-accounts/<uuid:pk>/", accounts.AdAccountDetail.as_view(), name="ad-account"),
    path(
        "ad-accounts/<uuid:pk>/fetch/", accounts.AdAccountFetch.as_view(), name="ad-account-fetch"
    ),
    path("metric-alerts/", alerts.MetricAlertList.as_view(), name="metric-alerts"),
    path("metric-alerts/<uuid:pk>/", alerts.MetricAlertDetail.as_view(), name="metric-alert"),
    path(
        "metric-alerts/<uuid:pk>/firings/",
        alerts.AlertFiringList.as_view(),
        name="metric-alert-firings",
    ),
    path("agreements/", agreements.AgreementList.as_view(), name="agreements"),
    path("agreements/months/", agreements.AgreementMonths.as_view(), name="agreement-months"),
    path("agreements/<uuid:pk>/", agreements.AgreementDetail.as_view(), name="agreement"),
    path(
        "agreements/<uuid:pk>/sign/",
        agreements.AgreementSignature.as_view(),
        name="agreement-sign",
    ),
    path(
        "agreements/<uuid:pk>/withdraw/",
        agreements.AgreementWithdrawal.as_view(),
        name="agreement-withdraw",
    ),
    path("digests/", digests.DigestList.as_view(), name="digests"),
    path("digests/<uuid:pk>/", digests.DigestDetail.as_view(), name="digest"),
    path("decisions/", digests.DecisionList.as_view(), name="decisions"),
    path("decisions/<uuid:pk>/", digests.DecisionDetail.as_view(), name="decision"),
    path("report-settings/", settings.ReportSettingsDetail.as_view(), name="report-settings"),
    path("saved-reports/", saved.SavedReportList.as_view(), name="saved-reports"),
    path("saved-reports/<uuid:pk>/", saved.SavedReportDetail.as_view(), name="saved-report"),
    path(
        "saved-reports/<uuid:pk>/deliveries/",
        saved.ReportDeliveryList.as_view(),
        name="report-deliveries",
    ),
    path(
        "saved-reports/<uuid:pk>/deliveries/<uuid:delivery>/",
        saved.ReportDeliveryDetail.as_view(),
        name="report-delivery",
    ),
    path("conversions/", conversions.ConversionList.as_view(), name="conversions"),
    path("conversion-counters/", conversions.CounterList.as_view(), name="conversion-counters"),
    path(
        "conversion-counters/<uuid:pk>/",
        conversions.CounterDetail.as_view(),
        name="conversion-counter",
    ),
    path(
        "conversion-counters/<uuid:pk>/retry/",
        conversions.CounterRetry.as_view(),
        name="conversion-counter-retry",
    ),
    path("reports/", settings.ReportList.as_view(), name="reports"),
    path("reports/<str:name>/", reports.ReportDetail.as_view(), name="report"),
    path("reports/<str:name>/file/", reports.ReportFile.as_view(), name="report-file"),
    path("reports/<str:name>/rows/", reports.ReportRows.as_view(), name="report-rows"),
]
