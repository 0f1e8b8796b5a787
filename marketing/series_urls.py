from django.urls import include, path

from marketing.views.series import editing, listing, page, people, step_report, steps

app_name = "series"

_step = [
    path("", steps.step, name="step"),
    path("removal/", steps.removal, name="step-removal"),
    path("move/", steps.move, name="step-move"),
    path("report/", step_report.report, name="step-report"),
    path("people/", step_report.people, name="step-people"),
    path("people/export/", step_report.export, name="step-people-export"),
    path("recipients/<uuid:recipient_id>/sent/", step_report.sent, name="recipient-sent"),
    path("recipients/<uuid:recipient_id>/again/", step_report.again, name="recipient-again"),
]
_series = [
    path("", page.series, name="series"),
    path("edit/", editing.edit, name="edit"),
    path("start/", page.start, name="start"),
    path("pause/", page.pause, name="pause"),
    path("stop/", page.stop, name="stop"),
    path("deletion/", page.deletion, name="deletion"),
    path("preview/", steps.preview, name="preview"),
    path("people/", people.people, name="people"),
    path("deals/", page.deals, name="deals"),
    path("people/<uuid:participant_id>/removal/", people.removal, name="person-removal"),
    path("steps/new/", steps.new, name="step-new"),
    path("steps/<uuid:step_id>/", include(_step)),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("new/", editing.new, name="new"),
    path("<uuid:series_id>/", include(_series)),
]
