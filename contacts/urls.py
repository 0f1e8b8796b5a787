from django.urls import include, path

app_name = "contacts"

urlpatterns = [
    path("", include("contacts.person_urls")),
]
