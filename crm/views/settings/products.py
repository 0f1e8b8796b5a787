"""What the company sells."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import money
from core.http import invalid
from crm.actions import archive_product, create_product, restore_product, update_product
from crm.forms.settings import ProductForm
from crm.models import Product
from crm.views.settings.shared import back_to, tried
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed
from workspaces.zones import workspace_in_scope

MOST = 500


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def products(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The list, narrowed by ?q=, and a form for one more."""
    if request.method != "POST":
        form = ProductForm(initial={"currency": workspace_in_scope().currency})
        return render(request, "crm/settings/products.html", _context(request, form))
    form = ProductForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: create_product(by=request.membership, **form.cleaned_data)
    ):
        messages.success(request, _("The product is added"))
        return back_to("products", slug)
    return invalid(request, "crm/settings/products.html", _context(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def product(request: WorkspaceRequest, slug: str, product_id: UUID) -> HttpResponse:
    """One product."""
    found = get_object_or_404(Product, pk=product_id)
    if request.method != "POST":
        context = {"product": found, "form": ProductForm(product=found)}
        return render(request, "crm/settings/product.html", context)
    form = ProductForm(request.POST, product=found)
    if form.is_valid() and tried(
        form, lambda: update_product(found, by=request.membership, **form.cleaned_data)
    ):
        messages.success(request, _("The product is saved"))
        return back_to("products", slug)
    return invalid(request, "crm/settings/product.html", {"product": found, "form": form})


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def archiving(request: WorkspaceRequest, slug: str, product_id: UUID) -> HttpResponse:
    """Offer a product no more, or with `restore` again."""
    found = get_object_or_404(Product, pk=product_id)
    act = restore_product if request.POST.get("restore") else archive_product
    act(found, by=request.membership)
    return back_to("products", slug)


def _context(request: WorkspaceRequest, form: ProductForm) -> dict[str, Any]:
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = Product.objects.order_by("name", "id")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(code__icontains=words))
    shown = list(found[:MOST])
    for one in shown:
        one.price_words = money.words(one.price, one.currency)
        one.cost_words = money.words(one.cost, one.currency)
    return {
        "products": [one for one in shown if one.archived_at is None],
        "archived": [one for one in shown if one.archived_at is not None],
        "words": words,
        "form": form,
    }
