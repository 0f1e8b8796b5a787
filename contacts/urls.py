from django.urls import include, path

from contacts.views import bulk, imports, jobs, table

app_name = "contacts"

urlpatterns = [
    path("", table.index, name="index"),
    path("filter/", table.conditions, name="conditions"),
    path("count/", table.count, name="count"),
    path("columns/", table.columns, name="columns"),
    path("bulk/<slug:name>/", bulk.bulk, name="bulk"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/cancellation/", jobs.cancellation, name="job-cancellation"),
    path("jobs/<uuid:job_id>/undoing/", jobs.undoing, name="job-undoing"),
    path("jobs/<uuid:job_id>/file/", jobs.file, name="job-file"),
    path("imports/", imports.index, name="imports"),
    path("imports/<uuid:job_id>/", imports.detail, name="import"),
    path("imports/<uuid:job_id>/mapping/", imports.mapping, name="import-mapping"),
    path("imports/<uuid:job_id>/start/", imports.start, name="import-start"),
    path("imports/<uuid:job_id>/errors/", imports.errors, name="import-errors"),
    path("", include("contacts.person_urls")),
]
