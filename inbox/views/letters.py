"""A whole letter in a frame of its own, and the pictures in it."""

from typing import Final
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import safe_http
from core.files import HEAD_BYTES, sniff
from core.serving import respond
from inbox.letters import pages, pictures
from inbox.models import Attachment, Message
from inbox.views import parts
from workspaces.scope import workspace_scope
from workspaces.storage import absolute

MOST_PICTURE_BYTES: Final = 5 * 1024 * 1024
PICTURE_SECONDS: Final = 8.0
_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_LINKS: Final = "allow-popups allow-popups-to-escape-sandbox"


@require_safe
def letter(
    request: HttpRequest, slug: str, conversation_id: UUID, message_id: UUID
) -> HttpResponse:
    """The letter's HTML, cleaned; with `?pictures=1` also those from elsewhere."""
    found = parts.find(request, conversation_id)
    message = Message.objects.filter(conversation=found, pk=message_id).first()
    files = list(message.attachments.filter(status=Attachment.Status.READY)) if message else []
    whole = next((file for file in files if file.reference.get("part") == "whole"), None)
    if whole is None:
        raise Http404
    inner = {str(file.reference["cid"]): file.id for file in files if "cid" in file.reference}

    def picture_of(name: str) -> str | None:
        known = inner.get(name)
        return pictures.of_attachment(found.workspace_id, known) if known else None

    page = pages.cleaned(
        _read(whole),
        inner=picture_of,
        remote=pictures.from_elsewhere if request.GET.get("pictures") == "1" else None,
    )
    response = render(request, "inbox/letter.html", {"page": page, "subject": _subject(message)})
    return _sealed(response, is_framed=_is_framed(request))


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """A picture of a letter that somebody is reading now. Who has no signed address gets 404."""
    try:
        facts = pictures.opened(token)
    except BadSignature:
        raise Http404 from None
    response = _from_elsewhere(facts["url"]) if "url" in facts else _stored(request, facts)
    # A letter that is opened by itself has no origin of its own.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _stored(request: HttpRequest, facts: dict[str, str]) -> HttpResponseBase:
    with workspace_scope(UUID(facts["workspace"])):
        found = Attachment.objects.filter(pk=facts["attachment"]).first()
    if found is None or not found.path or found.mime not in _PICTURES:
        raise Http404
    return respond(request, absolute(found.path), found.mime, found.name or "picture")


def _from_elsewhere(address: str) -> HttpResponse:
    try:
        answer = async_to_sync(safe_http.fetch)(
            address,
            headers={"Accept": "image/*"},
            most_bytes=MOST_PICTURE_BYTES,
            seconds=PICTURE_SECONDS,
            ports=frozenset({80, 443}),
        )
    except (safe_http.Refused, safe_http.Unreachable):
        raise Http404 from None
    mime = sniff(answer.body[:HEAD_BYTES])
    if answer.status != 200 or mime not in _PICTURES:
        raise Http404
    response = HttpResponse(answer.body, content_type=mime)
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _read(whole: Attachment) -> str:
    try:
        return absolute(whole.path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise Http404 from None


def _subject(message: Message | None) -> str:
    return str(message.payload.get("subject") or "") if message else ""


def _is_framed(request: HttpRequest) -> bool:
    """Whether our page shows it in its frame. Without https browsers do not tell, so the page does:
    whoever opens that address by itself there has a letter that may run nothing, as everywhere."""
    told = request.headers.get("Sec-Fetch-Dest")
    return told == "iframe" if told else request.GET.get("framed") == "1"


def _sealed(response: HttpResponse, *, is_framed: bool) -> HttpResponse:
    """Under a policy of its own: nothing runs, nothing is fetched but pictures from us.

    The sandbox stands in the policy too, for whoever opens the address without the frame: there it
    has no origin. In the frame it has ours, so that the page around it can see how long the letter
    is; whatever could use that would have to run first.
    """
    ours = settings.PUBLIC_URL
    sandbox = f"{_LINKS} allow-same-origin" if is_framed else _LINKS
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {ours}/letters/pictures/; style-src 'unsafe-inline'; "
        f"form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox {sandbox}"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
