from django.urls import path

from contacts.api import companies, custom_fields, imports, stories, verbs, views

urlpatterns = [
    path("contacts/", views.ContactList.as_view(), name="contacts"),
    path("contacts/<uuid:pk>/", views.ContactDetail.as_view(), name="contact"),
    path("contacts/<uuid:pk>/consents/", stories.ConsentList.as_view(), name="consents"),
    path("contacts/<uuid:pk>/merge/", verbs.Merging.as_view(), name="contact-merge"),
    path(
        "contacts/<uuid:pk>/merge/<uuid:merge_id>/undo/",
        verbs.MergeUndoing.as_view(),
        name="contact-merge-undo",
    ),
    path("contacts/<uuid:pk>/block/", verbs.Blocking.as_view(), name="contact-block"),
    path("contacts/<uuid:pk>/erasure/", verbs.ErasureView.as_view(), name="contact-erasure"),
    path("contacts/<uuid:pk>/timeline/", verbs.Timeline.as_view(), name="contact-timeline"),
    path("duplicates/", verbs.DuplicateList.as_view(), name="duplicates"),
    path(
        "duplicates/<uuid:pk>/dismiss/",
        verbs.DuplicateDismissal.as_view(),
        name="duplicate-dismissal",
    ),
    path("companies/", companies.CompanyList.as_view(), name="companies"),
    path("companies/<uuid:pk>/", companies.CompanyDetail.as_view(), name="company"),
    path("custom-fields/", custom_fields.CustomFieldList.as_view(), name="custom-fields"),
    path(
        "custom-fields/<uuid:pk>/", custom_fields.CustomFieldDetail.as_view(), name="custom-field"
    ),
    path("imports/", imports.ImportList.as_view(), name="imports"),
    path("imports/targets/", imports.ImportTargets.as_view(), name="import-targets"),
    path("imports/<uuid:pk>/", imports.ImportDetail.as_view(), name="import"),
    path("imports/<uuid:pk>/check/", imports.ImportCheck.as_view(), name="import-check"),
    path("imports/<uuid:pk>/start/", imports.ImportStart.as_view(), name="import-start"),
    path("imports/<uuid:pk>/cancel/", imports.ImportStop.as_view(), name="import-cancel"),
    path("imports/<uuid:pk>/undo/", imports.ImportUndo.as_view(), name="import-undo"),
    path("imports/<uuid:pk>/undo/kept/", imports.ImportKept.as_view(), name="import-kept"),
    path("imports/<uuid:pk>/errors/", imports.ImportErrors.as_view(), name="import-errors"),
    path("touches/", stories.TouchList.as_view(), name="touches"),
]
