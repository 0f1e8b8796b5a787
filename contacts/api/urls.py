from django.urls import path

from contacts.api import stories, views

urlpatterns = [
    path("contacts/", views.ContactList.as_view(), name="contacts"),
    path("contacts/<uuid:pk>/", views.ContactDetail.as_view(), name="contact"),
    path("contacts/<uuid:pk>/consents/", stories.ConsentList.as_view(), name="consents"),
    path("touches/", stories.TouchList.as_view(), name="touches"),
]
