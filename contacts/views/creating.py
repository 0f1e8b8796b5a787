"""A contact made by hand: somebody who has called, or has come into the shop."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from contacts.actions import create_contact
from contacts.companies import find_or_create_company
from contacts.forms import PersonForm
from contacts.models import Contact, ContactPoint
from contacts.phones import normal_phone
from core.http import invalid, see_other
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest, allowed

TEMPLATE = "contacts/new.html"
MOST_KNOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_CONTACTS)
def new(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: the form. POST: the contact; whoever has its phone or e-mail already is shown first."""
    require(request.membership, Verb.READ_CONTACTS)
    context: dict[str, Any] = {"slug": slug}
    if request.method != "POST":
        return render(request, TEMPLATE, context | {"form": PersonForm(contact=Contact())})
    form = PersonForm(request.POST, contact=Contact())
    context["form"] = form
    if not form.is_valid():
        return invalid(request, TEMPLATE, context)
    said = form.cleaned_data
    if not (said["name"] or said["phones"] or said["emails"]):
        context["is_nameless"] = True
        return invalid(request, TEMPLATE, context)
    if "anyway" not in request.POST and (known := _known(request, said)):
        return invalid(request, TEMPLATE, context | {"known": known})
    company = find_or_create_company(said["company"], by=request.membership)
    try:
        made = create_contact(
            by=request.membership,
            phones=said["phones"],
            emails=said["emails"],
            owner=said["owner"],
            company=company,
            **{name: said[name] for name in ("name", "language", "note", "fields")},
        )
    except ValidationError as refusal:
        form.add_error(None, " ".join(refusal.messages))
        return invalid(request, TEMPLATE, context)
    return see_other("contacts:contact", slug, made.pk)


def _known(request: WorkspaceRequest, said: dict[str, Any]) -> list[Contact]:
    """Who has one of these phones or e-mails."""
    phones = [normal_phone(phone) for phone in said["phones"]]
    values = [*phones, *said["emails"]]
    if not values:
        return []
    further = ContactPoint.objects.filter(value__in=values).values("contact_id")
    asked = Q(phone__in=phones) | Q(email__in=said["emails"]) | Q(pk__in=further)
    seen = Contact.objects.visible_to(request.membership).filter(asked)
    return list(seen.order_by("-created_at")[:MOST_KNOWN])
