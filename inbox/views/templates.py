"""Choosing a template of the channel, filling it in, sending it."""

import re
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from channels_connectors.models import MessageTemplate
from core.http import invalid
from inbox.actions import send_message
from inbox.models import Conversation
from inbox.template_layouts import VARIABLE, Layout, Part, layout_of
from inbox.views import parts
from inbox.views.messages import shown
from workspaces.permissions import Verb, require

MOST = 200
NEAR = 24  # characters beside a variable that tell what it is


@require_safe
def listing(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """The channel's approved templates; the browser narrows them down."""
    found = _writable(request, conversation_id)
    templates = [
        {"template": template, "layout": layout_of(template), "words": _words(template)}
        for template in _approved(found).order_by("name", "language")[:MOST]
    ]
    context = _context(request, found) | {"templates": templates}
    return render(request, "inbox/_template_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, slug: str, conversation_id: UUID, template_id: UUID) -> HttpResponse:
    """GET: the template with its variables to fill in. POST: send it."""
    found = _writable(request, conversation_id)
    template = _approved(found).filter(pk=template_id).first()
    if template is None:
        raise Http404
    layout = layout_of(template)
    context = _context(request, found) | {
        "template": template,
        "layout": layout,
        "fields": _fields(layout, found, request.POST),
        "preview": [_preview(layout.header, "header"), _preview(layout.body, "body")],
        "client_id": request.POST.get("client_id") or str(uuid4()),
    }
    if request.method != "POST":
        return render(request, "inbox/_template_form.html", context)
    try:
        message = send_message(
            found,
            by=request.membership,
            client_id=UUID(context["client_id"]),
            attachments=[UUID(pk) for pk in request.POST.getlist("attachment") if pk],
            payload={"template": _asked(template, layout, request.POST)},
        )
    except ValidationError as error:
        return invalid(request, "inbox/_template_form.html", context | {"errors": error.messages})
    except ValueError:
        raise Http404 from None
    return shown(request, found, message)


def _asked(template: MessageTemplate, layout: Layout, given: Any) -> dict[str, Any]:
    buttons = [given.get(f"buttons-{place}", "") for place in layout.variable_buttons]
    values = {
        part: {name: given.get(f"{part}-{name}", "") for name in words.names}
        for part, words in (("header", layout.header), ("body", layout.body))
    }
    return {"name": template.name, "language": template.language, **values, "buttons": buttons}


def _fields(layout: Layout, found: Conversation, given: Any) -> list[dict[str, str]]:
    """An input for each variable, in the order of reading, filled from the customer's card."""
    known = _known_of(found)
    fields = [
        {
            "name": f"{part}-{name}",
            "label": _label(words, name),
            "value": given.get(f"{part}-{name}", _guess(words, name, known)),
        }
        for part, words in (("header", layout.header), ("body", layout.body))
        for name in words.names
    ]
    for place in layout.variable_buttons:
        label = _("Button “%(label)s”") % {"label": layout.labels[place]}
        name = f"buttons-{place}"
        fields.append({"name": name, "label": label, "value": given.get(name, "")})
    return fields


def _known_of(found: Conversation) -> dict[str, str]:
    contact = found.contact
    first = contact.name.split(maxsplit=1)[0] if contact.name.split() else ""
    own = {str(key): str(value) for key, value in contact.fields.items() if value}
    known = {"name": contact.name, "first_name": first, "phone": contact.phone}
    return {**own, **known, "email": contact.email, "customer_name": contact.name, "имя": first}


def _guess(words: Part, name: str, known: dict[str, str]) -> str:
    """By the variable's name; the first number after a greeting is whom one greets."""
    if not name.isdecimal():
        return known.get(name.lower(), "")
    before = words.text.partition("{{" + name + "}}")[0]
    is_greeting = re.fullmatch(r"[^\W\d]+(\s[^\W\d]+)?[,!]?\s*", before) is not None
    return known["first_name"] if is_greeting or before == "" else ""


def _label(words: Part, name: str) -> str:
    """The variable among the words around it, so that its number means something."""
    if not name.isdecimal():
        return name.replace("_", " ")
    before, _sign, after = words.text.partition("{{" + name + "}}")
    if len(before) > NEAR:
        before = "…" + before[-NEAR:].partition(" ")[2]
    if len(after) > NEAR:
        after = after[:NEAR].rpartition(" ")[0] + "…"
    return f"{before}{{{{{name}}}}}{after}".replace("\n", " ").strip()


def _preview(words: Part, part: str) -> SafeString:
    """The words, each variable in an element of its own for the browser to fill."""
    pieces: list[tuple[SafeString | str]] = []
    position = 0
    for found in VARIABLE.finditer(words.text):
        pieces.append((words.text[position : found.start()],))
        pieces.append((format_html('<b data-variable="{}-{}">{}</b>', part, found[1], found[0]),))
        position = found.end()
    pieces.append((words.text[position:],))
    return format_html_join("", "{}", pieces)


def _words(template: MessageTemplate) -> str:
    """What one may look for, in small letters."""
    layout, name = layout_of(template), template.name
    return f"{name} {name.replace('_', ' ')} {layout.header.text} {layout.body.text}".casefold()


def _approved(found: Conversation) -> Any:
    approved = MessageTemplate.Status.APPROVED
    return MessageTemplate.objects.filter(channel_id=found.channel_id, status=approved)


def _context(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    return parts.base(request) | parts.conversation(request, found)


def _writable(request: HttpRequest, conversation_id: UUID) -> Conversation:
    found = parts.find(request, conversation_id)
    require(request.membership, Verb.WRITE_INBOX)
    return found
