"""A deal by hand: for a customer that is known, or for a new one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.actions import create_contact
from contacts.models import Contact
from core.http import invalid, see_other, turbo_stream
from crm.actions import create_deal
from crm.board.filters import amount_of
from crm.forms.panel import NewDealForm
from crm.models import Stage
from crm.views.funnel.shared import Asked, asked, uuid_of
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest

MOST_FOUND = 8


class DealForm(forms.Form):
    """Who, how much, where in the pipeline."""

    contact = forms.UUIDField(required=False)
    name = forms.CharField(max_length=200, required=False)
    phone = forms.CharField(max_length=40, required=False)
    title = forms.CharField(max_length=200, required=False)
    amount = forms.CharField(max_length=30, required=False)
    stage = forms.UUIDField()

    def clean_amount(self) -> Any:
        text = self.cleaned_data["amount"]
        found = amount_of(text)
        if text.strip() and found is None:
            raise ValidationError(gettext_lazy("Write the amount in digits."))
        return found

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not any(values.get(name) for name in ("contact", "name", "phone")):
            raise ValidationError({"name": _("Choose a customer or write their name.")})
        return values


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: WorkspaceRequest, slug: str, pipeline_id: UUID) -> HttpResponse:
    """GET: the form, `?stage=` chosen. POST: the new deal; the live news puts its card in."""
    require(request.membership, Verb.WRITE_DEALS)
    found = asked(request, pipeline_id)
    if request.method != "POST":
        stage = uuid_of(request.GET.get("stage"))
        return render(request, "crm/funnel/_new.html", _context(found, DealForm(), stage))
    form = DealForm(request.POST)
    context = _context(found, form, uuid_of(request.POST.get("stage")))
    if not form.is_valid():
        return invalid(request, "crm/funnel/_new.html", context)
    values = form.cleaned_data
    stage = Stage.objects.filter(pipeline=found.pipeline, pk=values["stage"]).first()
    contact = _contact(request, values)
    try:
        if stage is None:
            raise ValidationError(_("This stage is no longer there."))
        if contact is None:
            raise ValidationError(_("This customer is no longer there."))
        deal = create_deal(
            contact=contact,
            by=request.membership,
            stage=stage,
            title=values["title"],
            amount=values["amount"],
            owner=request.membership,
        )
    except ValidationError as error:
        context["error"] = " ".join(error.messages)
        return invalid(request, "crm/funnel/_new.html", context)
    return turbo_stream(request, "crm/funnel/streams/created.html", {**context, "deal": deal})


@require_POST
def of_contact(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """A deal of a customer whose page is open; leads to its sheet."""
    require(request.membership, Verb.WRITE_DEALS)
    contact = get_object_or_404(Contact.objects.visible_to(request.membership), pk=contact_id)
    form = NewDealForm(request.POST, viewer=request.membership)
    try:
        if not form.is_valid():
            raise ValidationError([words for errors in form.errors.values() for words in errors])
        deal = create_deal(
            contact=contact, by=request.membership, owner=request.membership, **form.cleaned_data
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return see_other("contacts:contact", slug, contact.pk)
    return see_other("funnel:deal", slug, deal.pk)


@require_safe
def people(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Customers whose name, phone or e-mail contains `?q=`, to choose one for a deal."""
    require(request.membership, Verb.WRITE_DEALS)
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    seen = Contact.objects.visible_to(request.membership)
    found = seen.matching(text).order_by("-created_at")[:MOST_FOUND] if len(text) > 1 else []
    return render(request, "crm/funnel/_people.html", {"people": found, "text": text})


def _contact(request: WorkspaceRequest, values: dict[str, Any]) -> Contact | None:
    if values["contact"]:
        seen = Contact.objects.visible_to(request.membership)
        found: Contact | None = seen.filter(pk=values["contact"]).first()
        return found
    return create_contact(by=request.membership, name=values["name"], phone=values["phone"])


def _context(found: Asked, form: DealForm, stage: UUID | None) -> dict[str, Any]:
    stages = [one for one in found.stages() if not one.is_closed]
    return {**found.context(), "form": form, "stages": stages, "chosen_stage": stage}
