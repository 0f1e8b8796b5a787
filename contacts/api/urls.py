from django.urls import path

from contacts.api import views

urlpatterns = [
    path("contacts/", views.ContactList.as_view(), name="contacts"),
    path("contacts/<uuid:pk>/", views.ContactDetail.as_view(), name="contact"),
]
