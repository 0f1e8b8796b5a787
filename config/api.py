"""The addresses of /api/v1/. Each app brings its own list."""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.problems import problem_response

app_name = "api"


@csrf_exempt
def nothing_here(request: HttpRequest) -> JsonResponse:
    """An unknown address answers in the API's own form."""
    return problem_response(404, "Not found")


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
    # inbox.api.urls joins here
    re_path(".*", nothing_here),
]
