"""The customer's card beside a conversation: correct it, put labels on it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contacts.actions import set_consent, update_contact
from contacts.models import Consent, Contact
from core.http import invalid, see_other
from inbox.forms import ConsentForm, ContactForm, LabelForm
from inbox.models import Conversation
from inbox.thread import newest_facts
from inbox.views import parts
from workspaces.permissions import Verb, can, require

MOST_LABELS_OFFERED = 200


@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """GET: the card, or with ?edit=1 its form. POST: the corrected card."""
    found = parts.find(request, conversation_id)
    if request.method != "POST":
        form = None
        if "edit" in request.GET and can(request.membership, Verb.WRITE_CONTACTS):
            form = ContactForm(instance=found.contact)
        return _shown(request, found, {"form": form})
    require(request.membership, Verb.WRITE_CONTACTS)
    # Held, so that what the form is compared with stays until it is written.
    contact = Contact.objects.select_for_update(no_key=True).get(pk=found.contact_id)
    form = ContactForm(request.POST, instance=contact)
    changes = form.edited() if form.is_valid() else {}
    if not form.is_valid():
        context = _context(request, found) | {"form": form}
        return invalid(request, "inbox/_card.html", context)
    # The form has written into its instance; the fact needs what stood there before.
    update_contact(contact=Contact.objects.get(pk=contact.pk), by=request.membership, **changes)
    return _back(request, found)


@require_POST
def consent(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Note what the customer has said of broadcasts."""
    found = parts.find(request, conversation_id)
    require(request.membership, Verb.WRITE_CONTACTS)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return invalid(request, "inbox/_card.html", _context(request, found))
    set_consent(
        contact=found.contact,
        granted=form.cleaned_data["granted"] == "yes",
        origin=Consent.Origin.AGENT,
        by=request.membership,
    )
    return _back(request, found)


@require_POST
def labels(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Put a label on the customer, made if there is none of this name."""
    found, name = _label_asked(request, conversation_id)
    if name:
        _relabel(request, found, add=name)
    return _back(request, found)


@require_POST
def label_removal(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Take a label off the customer."""
    found, name = _label_asked(request, conversation_id)
    if name:
        _relabel(request, found, remove=name)
    return _back(request, found)


def _label_asked(request: HttpRequest, conversation_id: UUID) -> tuple[Conversation, str]:
    found = parts.find(request, conversation_id)
    require(request.membership, Verb.WRITE_CONTACTS)
    form = LabelForm(request.POST)
    return found, form.cleaned_data["label"].strip() if form.is_valid() else ""


def _relabel(request: HttpRequest, found: Conversation, *, add: str = "", remove: str = "") -> None:
    names = set(found.contact.labels.values_list("name", flat=True))
    wanted = (names | {add}) - {"", remove}
    update_contact(contact=found.contact, by=request.membership, labels=sorted(wanted))


def _shown(request: HttpRequest, found: Conversation, extra: dict[str, Any]) -> HttpResponse:
    if parts.frame_of(request) != "card":
        return see_other("inbox:conversation", request.workspace.slug, found.id)
    return render(request, "inbox/_card.html", _context(request, found) | extra)


def _context(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    return (
        parts.base(request)
        | parts.conversation(request, found)
        | parts.card(request, found, newest_facts(found))
    )


def _back(request: HttpRequest, found: Conversation) -> HttpResponse:
    return see_other(reverse("inbox:card", args=[request.workspace.slug, found.id]))
