from django.urls import path

from contacts.views import fields

app_name = "own_fields"

urlpatterns = [
    path("", fields.index, name="index"),
    path("<uuid:field_id>/", fields.field, name="field"),
    path("<uuid:field_id>/place/", fields.place, name="place"),
    path("<uuid:field_id>/archiving/", fields.archiving, name="archiving"),
]
