from django.urls import path

from marketing.api import broadcasts, links, report, segments, series

urlpatterns = [
    path("links/", links.LinkList.as_view(), name="links"),
    path("links/<uuid:pk>/", links.LinkDetail.as_view(), name="link"),
    path("segments/", segments.SegmentList.as_view(), name="segments"),
    path("segments/count/", segments.SegmentCount.as_view(), name="segment-counts"),
    path("segments/upload/", segments.SegmentUpload.as_view(), name="segment-upload"),
    path("segments/<uuid:pk>/", segments.SegmentDetail.as_view(), name="segment"),
    path("segments/<uuid:pk>/count/", segments.SegmentRecount.as_view(), name="segment-count"),
    path("segments/<uuid:pk>/members/", segments.SegmentMembers.as_view(), name="segment-members"),
    path("broadcasts/", broadcasts.BroadcastList.as_view(), name="broadcasts"),
    path("broadcasts/<uuid:pk>/", broadcasts.BroadcastDetail.as_view(), name="broadcast"),
    path("broadcasts/<uuid:pk>/launch/", broadcasts.BroadcastLaunch.as_view(), name="launch"),
    path("broadcasts/<uuid:pk>/pause/", broadcasts.BroadcastPause.as_view(), name="pause"),
    path("broadcasts/<uuid:pk>/resume/", broadcasts.BroadcastResume.as_view(), name="resume"),
    path("broadcasts/<uuid:pk>/stop/", broadcasts.BroadcastStop.as_view(), name="stop"),
    path(
        "broadcasts/<uuid:pk>/recipients/",
        broadcasts.BroadcastRecipients.as_view(),
        name="recipients",
    ),
    path("broadcasts/<uuid:pk>/report/", report.BroadcastReport.as_view(), name="report"),
    path("broadcasts/<uuid:pk>/files/", broadcasts.BroadcastFiles.as_view(), name="files"),
    path("series/", series.SeriesList.as_view(), name="series-list"),
    path("series/<uuid:pk>/", series.SeriesDetail.as_view(), name="series"),
    path("series/<uuid:pk>/start/", series.SeriesStart.as_view(), name="series-start"),
    path("series/<uuid:pk>/pause/", series.SeriesPause.as_view(), name="series-pause"),
    path("series/<uuid:pk>/stop/", series.SeriesStop.as_view(), name="series-stop"),
    path("series/<uuid:pk>/report/", series.SeriesReport.as_view(), name="series-report"),
    path("series/<uuid:pk>/people/", series.SeriesPeople.as_view(), name="series-people"),
    path(
        "series/<uuid:pk>/people/<uuid:participant_id>/",
        series.SeriesPerson.as_view(),
        name="series-person",
    ),
    path(
        "series/<uuid:pk>/steps/<uuid:step_id>/files/",
        series.StepFiles.as_view(),
        name="series-step-files",
    ),
]
