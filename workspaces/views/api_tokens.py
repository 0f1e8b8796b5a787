"""Keys of programs."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import accepts_stream, invalid, see_other, turbo_stream
from workspaces.actions import NewApiToken, create_api_token, revoke_api_token
from workspaces.forms import ApiTokenForm
from workspaces.models import ApiToken
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_TOKENS)
def tokens(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All tokens, and a form for one more. A new secret is in the answer and nowhere else."""
    if request.method != "POST":
        return render(request, "workspaces/tokens.html", _context(ApiTokenForm()))
    form = ApiTokenForm(request.POST)
    if form.is_valid():
        try:
            created = create_api_token(
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(),
                by=request.membership,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _created(request, created)
    return invalid(request, "workspaces/tokens.html", _context(form))


@require_POST
@allowed(Verb.MANAGE_TOKENS)
def revocation(request: WorkspaceRequest, slug: str, token_id: UUID) -> HttpResponse:
    """End a token."""
    token = get_object_or_404(ApiToken, pk=token_id)
    revoke_api_token(token=token, by=request.membership)
    messages.success(request, _("The token is revoked"))
    return see_other("workspaces:tokens", slug)


def _created(request: WorkspaceRequest, created: NewApiToken) -> HttpResponse:
    context = {**_context(ApiTokenForm()), "new_token": created.token, "secret": created.secret}
    if accepts_stream(request):
        return turbo_stream(request, "workspaces/streams/token_created.html", context)
    return render(request, "workspaces/tokens.html", context)


def _context(form: ApiTokenForm) -> dict[str, object]:
    listed = ApiToken.objects.filter(revoked_at=None).select_related("created_by__user")
    return {"tokens": listed.order_by("-created_at"), "form": form}
