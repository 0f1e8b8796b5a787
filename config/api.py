"""The addresses of /api/v1/. Each app brings its own list."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.problems import nothing_here

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # The split view keeps its script in a file of its own, as our content policy asks.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api/docs.html"),
        name="docs",
    ),
    path("", include("workspaces.api.urls")),
    path("", include("events.api.urls")),
    path("", include("contacts.api.urls")),
    path("", include("inbox.api.urls")),
    path("", include("crm.api.urls")),
    path("", include("crm.api.task_urls")),
    path("", include("marketing.api.urls")),
    path("", include("analytics.api.urls")),
    re_path(".*", csrf_exempt(nothing_here)),
]
