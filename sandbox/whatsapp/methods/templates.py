"""Message templates: handed in, judged (by the control API), listed, sent, deleted."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sandbox.whatsapp.call import Call
from sandbox.whatsapp.refusals import Refusal
from sandbox.whatsapp.world import Account, World

Fields = dict[str, Any]

CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
_MEDIA = ("IMAGE", "VIDEO", "DOCUMENT")
_PARTS = ("HEADER", "BODY", "FOOTER", "BUTTONS")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def listed(world: World, account: Account, call: Call) -> Fields:
    """GET /{account}/message_templates, by pages of `limit`."""
    found = [
        template
        for template in account.templates.values()
        if call.text("name") in ("", template["name"])
    ]
    limit = int(call.text("limit") or 25)
    start = int(call.text("after") or 0)
    page, end = found[start : start + limit], start + limit
    paging: Fields = {"cursors": {"before": str(start), "after": str(end)}}
    if end < len(found):
        paging["next"] = f"{call.base}/next?after={end}"
    usual = "name,language,category,status,components"
    return {"data": [call.chosen(template, usual) for template in page], "paging": paging}


def create(world: World, account: Account, call: Call) -> Fields:
    """POST /{account}/message_templates."""
    name, language = call.text("name"), call.text("language")
    category = call.text("category").upper()
    components = call.values.get("components")
    if not _NAME.fullmatch(name) or not language or category not in CATEGORIES:
        raise Refusal(100, "name, language or category is not valid")
    if not isinstance(components, list):
        raise Refusal(100, "components is required")
    if any(
        (one["name"], one["language"]) == (name, language) for one in account.templates.values()
    ):
        raise Refusal(100, "Content in this language already exists", subcode=2388024)
    named = call.text("parameter_format").upper() == "NAMED"
    _check(world, components, named)
    template = {
        "id": str(10**14 + secrets.randbelow(10**13)),
        "name": name,
        "language": language,
        "category": category,
        "status": "PENDING",
        "components": components,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "quality_score": {"score": "UNKNOWN"},
        "rejected_reason": "NONE",
    }
    account.templates[template["id"]] = template
    world.tell(account, "templates")
    return {"id": template["id"], "status": "PENDING", "category": category}


def edit(world: World, account: Account, call: Call) -> Fields:
    """POST /{template}: other components, to be judged anew."""
    template = account.templates[call.node]
    components = call.values.get("components")
    if isinstance(components, list):
        _check(world, components, template["parameter_format"] == "NAMED")
        template.update(components=components, status="PENDING")
    return {"success": True}


def delete(world: World, account: Account, call: Call) -> Fields:
    """DELETE /{account}/message_templates?name=..., in all languages."""
    name = call.required("name")
    found = [key for key, template in account.templates.items() if template["name"] == name]
    if not found:
        raise Refusal(100, "Message template not found", subcode=2593002)
    for key in found:
        del account.templates[key]
    world.tell(account, "templates")
    return {"success": True}


def approved(account: Account, body: Fields) -> Fields:
    """The template that a message names. Raises Refusal when it cannot be sent so."""
    code = body["language"]["code"]
    template = next(
        (
            one
            for one in account.templates.values()
            if (one["name"], one["language"]) == (body["name"], code)
        ),
        None,
    )
    if template is None or template["status"] in ("PENDING", "REJECTED"):
        raise Refusal(132001, f"template name ({body['name']}) does not exist in {code}")
    if template["status"] == "PAUSED":
        raise Refusal(132015, "Template is paused due to low quality.")
    if template["status"] != "APPROVED":
        raise Refusal(132016, "Template is disabled due to low quality.")
    _check_parameters(template, body.get("components") or [])
    return template


def written(template: Fields, components: list[Fields]) -> str:
    """The body as the customer reads it."""
    text = _text_of(template, "BODY")
    given = _given(components, "body")
    if template["parameter_format"] == "NAMED":
        values = {one.get("parameter_name"): one.get("text", "") for one in given}
    else:
        values = {str(place): one.get("text", "") for place, one in enumerate(given, start=1)}
    return _VARIABLE.sub(lambda found: str(values.get(found[1], found[0])), text)


def _check(world: World, components: list[Any], named: bool) -> None:
    kinds = [one.get("type") if isinstance(one, dict) else None for one in components]
    if "BODY" not in kinds or any(kind not in _PARTS for kind in kinds):
        raise Refusal(100, "components need a BODY", subcode=2388043)
    for component in components:
        text = str(component.get("text") or "")
        if component["type"] == "HEADER" and str(component.get("format")).upper() in _MEDIA:
            handles = (component.get("example") or {}).get("header_handle") or []
            if len(handles) != 1 or handles[0] not in world.handles:
                raise Refusal(100, "A media header needs an uploaded example", subcode=2388273)
        if component["type"] == "BODY" and not 0 < len(text) <= 1024:
            raise Refusal(100, "The body has 1 to 1024 characters", subcode=2388040)
        variables = _VARIABLE.findall(text)
        if variables and not component.get("example"):
            raise Refusal(100, "Variables need an example", subcode=2388043)
        if any(name.isdigit() == named for name in variables):
            raise Refusal(100, "Variables do not fit parameter_format", subcode=2388293)


def _check_parameters(template: Fields, components: list[Fields]) -> None:
    for part in ("HEADER", "BODY"):
        wanted = list(dict.fromkeys(_VARIABLE.findall(_text_of(template, part))))
        given = [one for one in _given(components, part.lower()) if one.get("type") == "text"]
        if len(wanted) != len(given):
            raise Refusal(
                132000,
                f"{part.lower()}: number of localizable_params ({len(given)}) does not match the "
                f"expected number of params ({len(wanted)})",
            )
        if template["parameter_format"] == "NAMED":
            names = {one.get("parameter_name") for one in given}
            if names != set(wanted):
                raise Refusal(132012, f"{part.lower()}: parameter names do not match")
        if any(not one.get("text") for one in given):
            raise Refusal(131008, f"{part.lower()}: a text is empty")
    header = next((one for one in template["components"] if one["type"] == "HEADER"), {})
    wanted_format = str(header.get("format") or "TEXT").lower()
    if wanted_format != "text" and wanted_format not in [
        one.get("type") for one in _given(components, "header")
    ]:
        raise Refusal(132012, f"header: Format mismatch, expected {wanted_format.upper()}")


def _text_of(template: Fields, part: str) -> str:
    return next(
        (str(one.get("text") or "") for one in template["components"] if one["type"] == part), ""
    )


def _given(components: list[Fields], part: str) -> list[Fields]:
    return [
        parameter
        for one in components
        if str(one.get("type")).lower() == part
        for parameter in one.get("parameters") or ()
    ]


METHODS = {
    ("GET", "account", "message_templates"): listed,
    ("POST", "account", "message_templates"): create,
    ("DELETE", "account", "message_templates"): delete,
    ("POST", "template", ""): edit,
}
