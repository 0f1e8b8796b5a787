"""Files that wait beside the text until their message is sent."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from inbox.uploads import start_upload
from workspaces.permissions import Verb, require


@require_POST
def uploads(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a file until the message that it belongs to is sent."""
    require(request.membership, Verb.WRITE_INBOX)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": ""}, status=422)
    try:
        draft = start_upload(upload, by=request.membership)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    return JsonResponse(
        {"id": str(draft.id), "name": draft.name, "kind": draft.kind, "size": draft.size},
        status=201,
    )
