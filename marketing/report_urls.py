"""Addresses of the report, under those of broadcasts."""

from django.urls import path

from marketing.views.broadcasts import comparing, people, settling

of_broadcast = [
    path("people/", people.people, name="people"),
    path("people/export/", people.export, name="people-export"),
    path("recipients/<uuid:recipient_id>/sent/", settling.sent, name="recipient-sent"),
    path("recipients/<uuid:recipient_id>/again/", settling.again, name="recipient-again"),
]
side_by_side = [
    path("", comparing.comparison, name="comparison"),
    path("export/", comparing.export, name="comparison-export"),
]
