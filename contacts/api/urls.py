from django.urls import path

from contacts.api import companies, custom_fields, stories, verbs, views

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
    path("touches/", stories.TouchList.as_view(), name="touches"),
]
