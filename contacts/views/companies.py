"""Companies: a list, and the page of one with its people and deals."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts.cards import cards
from contacts.companies import create_company, delete_company, update_company
from contacts.forms import CompanyForm
from contacts.models import Company, Contact
from core.http import invalid, see_other
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest, allowed

PAGE = 50
MOST_PEOPLE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_CONTACTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """All companies by name, and a form for one more."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    form = CompanyForm(request.POST or None)
    if request.method == "POST":
        require(request.membership, Verb.WRITE_CONTACTS)
        if form.is_valid():
            try:
                made = create_company(by=request.membership, **form.values)
            except ValidationError as refusal:
                form.add_error(None, " ".join(refusal.messages))
            else:
                return see_other("contacts:company", slug, made.pk)
    people = Contact.objects.filter(company=OuterRef("pk")).order_by().values("company")
    counted = people.annotate(n=Count("pk")).values("n")
    found = Company.objects.annotate(people_count=Coalesce(Subquery(counted), 0))
    found = found.order_by("name", "id")
    if query:
        found = found.filter(name__icontains=query)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "query": query,
        "form": form,
        "slug": slug,
        "can_edit": can(request.membership, Verb.WRITE_CONTACTS),
    }
    if request.method == "POST":
        return invalid(request, "contacts/companies.html", context)
    return render(request, "contacts/companies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_CONTACTS)
def company(request: WorkspaceRequest, slug: str, company_id: UUID) -> HttpResponse:
    """One company: what is written of it, its people, its deals."""
    found = get_object_or_404(Company, pk=company_id)
    form = CompanyForm(request.POST or None, company=found)
    if request.method == "POST":
        require(request.membership, Verb.WRITE_CONTACTS)
        if form.is_valid():
            try:
                update_company(company=found, by=request.membership, **form.values)
            except ValidationError as refusal:
                form.add_error(None, " ".join(refusal.messages))
            else:
                messages.success(request, _("The company is saved"))
                return see_other("contacts:company", slug, found.pk)
    people = Contact.objects.visible_to(request.membership).filter(company=found)
    context = {
        "company": found,
        "form": form,
        "slug": slug,
        "people": people.order_by("name", "id")[:MOST_PEOPLE],
        "can_edit": can(request.membership, Verb.WRITE_CONTACTS),
        "cards": [
            {"card": card, **card.context(request.membership, found)}
            for card in cards()
            if can(request.membership, card.verb)
        ],
    }
    if request.method == "POST":
        return invalid(request, "contacts/company.html", context)
    return render(request, "contacts/company.html", context)


@require_POST
@allowed(Verb.WRITE_CONTACTS)
def deletion(request: WorkspaceRequest, slug: str, company_id: UUID) -> HttpResponse:
    """Remove it; its people and deals stay."""
    delete_company(company=get_object_or_404(Company, pk=company_id), by=request.membership)
    messages.success(request, _("The company is deleted"))
    return see_other("contacts:companies", slug)
