"""Small rules that hold for every page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class InvalidFormsAnswer422:
    """A posted form that comes back with errors answers 422, also from third-party views.

    They answer 200, which Turbo refuses to show. Only lazy responses (TemplateResponse) are
    seen here; our own views call `core.http.invalid`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        form = (response.context_data or {}).get("form")
        is_form_answer = request.method == "POST" and response.status_code == 200
        if is_form_answer and form is not None and form.is_bound and form.errors:
            response.status_code = 422
        return response
