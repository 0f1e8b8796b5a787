"""The control API, for tests and for the phone page: `/whatsapp/<token>/control/...`.

Parameters come as JSON or as a form; answers are `{ok, result}` or `{ok: false, description}`.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.control import Control
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

from . import customers
from . import refusals as graph_refusals
from .faults import Fault
from .gateway import find_account
from .world import SETTINGS, WHATSAPP_WORLD, Account, World

# What the account's owner hears when Meta has judged a template.
_JUDGEMENTS = ("APPROVED", "REJECTED", "PAUSED", "DISABLED", "PENDING")


def _found(request: web.Request) -> tuple[World, Account]:
    world = request.app[WHATSAPP_WORLD]
    try:
        return world, find_account(world, request.match_info["token"])
    except graph_refusals.Refusal as refusal:
        raise bad_request(refusal.title) from None


control = Control("whatsapp", _found)
control_routes = control.routes
_deed = control.deed
control.faults(Fault)

# What people do.
_deed("messages")(customers.say)
_deed("edits")(customers.edit)
_deed("revocations")(customers.revoke)
_deed("reactions")(customers.react)
_deed("presses")(customers.press)
_deed("reads")(customers.read)
_deed("moves")(customers.move)
_deed("echoes")(customers.echo)
_deed("preferences")(customers.prefer)
_deed("changes")(customers.inject)


@_deed("state", "GET")
def state(world: World, account: Account, parameters: Parameters) -> dict[str, Any]:
    """The account as a page or a test wants to see it; `chat` limits to one person's."""
    wanted = parameters.text("chat")
    return {
        "phone_number_id": account.phone_number_id,
        "waba_id": account.waba_id,
        "app_id": account.app_id,
        "app_secret": account.app_secret,
        "display_phone_number": account.display_phone_number,
        "verified_name": account.verified_name,
        "status": account.status,
        "platform_type": account.platform_type,
        "pin": account.pin,
        "subscribed": account.subscribed,
        "number_callback": account.number_callback,
        "account_callback": account.account_callback,
        "pending": len(account.courier.pending),
        "delivery": account.delivery,
        "window": account.window,
        "asynchronous": account.asynchronous,
        "templates": list(account.templates.values()),
        "faults": account.faults.shown(),
        "chats": [
            {
                "person": chat.person,
                "heard_at": chat.heard_at,
                "messages": list(chat.messages.values()),
            }
            for chat in account.chats.values()
            if wanted in ("", chat.person)
        ],
    }


@_deed("people")
def people(world: World, account: Account, parameters: Parameters) -> dict[str, Any]:
    """A new or changed person: `wa_id`, `name`, `username`, `user_id`; `hidden` (tells no number),
    `absent` (is not on WhatsApp)."""
    known = world.person(parameters.required("wa_id"))
    for name in ("name", "username", "user_id"):
        if value := parameters.text(name):
            known[name] = value
    for name in ("hidden", "absent"):
        if name in parameters.values:
            known[name] = parameters.boolean(name)
    world.changed = True
    return known


@_deed("settings")
def settings(world: World, account: Account, parameters: Parameters) -> None:
    """What Meta says of the number (`status`, `quality_rating`, ...), how it behaves (`delivery`,
    `window`, `asynchronous`), and the delays of failed deliveries, in seconds."""
    for name in SETTINGS:
        if name in parameters.values:
            setattr(account, name, parameters.text(name))
    if "asynchronous" in parameters.values:
        account.asynchronous = parameters.boolean("asynchronous")
    for name in ("retry_base", "retry_cap"):
        if value := parameters.text(name):
            setattr(account.courier, name, float(value))
    world.changed = True


@_deed("templates")
def judge(world: World, account: Account, parameters: Parameters) -> dict[str, Any]:
    """Meta's judgement of a template: `name`, `language?`, `status`, `reason?`."""
    name, status = parameters.required("name"), parameters.required("status")
    if status not in _JUDGEMENTS:
        raise bad_request(f"status is one of {', '.join(_JUDGEMENTS)}")
    language = parameters.text("language")
    template = next(
        (
            one
            for one in account.templates.values()
            if one["name"] == name and language in ("", one["language"])
        ),
        None,
    )
    if template is None:
        raise bad_request("template not found")
    template["status"] = status
    template["rejected_reason"] = parameters.text("reason") or "NONE"
    value = {
        "event": status,
        "message_template_id": int(template["id"]),
        "message_template_name": template["name"],
        "message_template_language": template["language"],
        "message_template_category": template["category"],
        "reason": template["rejected_reason"],
    }
    account.emit_change({"field": "message_template_status_update", "value": value})
    world.tell(account, "templates")
    return template


@control_routes.get("/whatsapp/accounts")
async def accounts(request: web.Request) -> web.Response:
    """All accounts and people. Tokens are shown: they are good for nothing but this stand-in."""
    world = request.app[WHATSAPP_WORLD]
    known = [
        {"id": one.phone_number_id, "token": one.token, "name": one.verified_name}
        for one in world.accounts.values()
    ]
    return web.json_response({"accounts": known, "people": list(world.people.values())})
