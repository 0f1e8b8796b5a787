"""Pages of one contact, of companies and of likely duplicates; contacts.urls takes them in."""

from django.urls import include, path

from contacts.views import companies, creating, duplicates, person, person_verbs

_contact = [
    path("", person.contact, name="contact"),
    path("about/", person.about, name="contact-about"),
    path("story/", person.story, name="contact-story"),
    path("labels/", person_verbs.labels, name="contact-labels"),
    path("consent/", person_verbs.consent, name="contact-consent"),
    path("block/", person_verbs.block, name="contact-block"),
    path("export/", person_verbs.export, name="contact-export"),
    path("erasure/", person_verbs.erasure, name="contact-erasure"),
    path("merge/<uuid:other_id>/", duplicates.merge, name="contact-merge"),
    path("merges/<uuid:merge_id>/undoing/", duplicates.undoing, name="merge-undoing"),
]

urlpatterns = [
    path("new/", creating.new, name="new"),
    path("duplicates/", duplicates.index, name="duplicates"),
    path("duplicates/<uuid:pair_id>/dismissal/", duplicates.dismissal, name="dismissal"),
    path("companies/", companies.index, name="companies"),
    path("companies/<uuid:company_id>/", companies.company, name="company"),
    path("companies/<uuid:company_id>/deletion/", companies.deletion, name="company-deletion"),
    path("<uuid:contact_id>/", include(_contact)),
]
