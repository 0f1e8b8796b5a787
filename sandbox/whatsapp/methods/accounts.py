"""The WhatsApp Business Account: its numbers, the apps that hear of it."""

from __future__ import annotations

from typing import Any

from sandbox.whatsapp.call import Call
from sandbox.whatsapp.methods.numbers import check_proof, described
from sandbox.whatsapp.world import Account, World


def get(world: World, account: Account, call: Call) -> dict[str, Any]:
    """GET /{account}."""
    check_proof(account, call)
    known = {
        "id": account.waba_id,
        "name": account.verified_name,
        "currency": "EUR",
        "timezone_id": "1",
        "account_review_status": "APPROVED",
        "whatsapp_business_manager_messaging_limit": account.messaging_limit,
    }
    return call.chosen(known, "id,name,currency,timezone_id")


def numbers(world: World, account: Account, call: Call) -> dict[str, Any]:
    """GET /{account}/phone_numbers."""
    usual = "verified_name,display_phone_number,quality_rating"
    return {"data": [call.chosen(described(account), usual)], "paging": {"cursors": {}}}


def apps(world: World, account: Account, call: Call) -> dict[str, Any]:
    """GET /{account}/subscribed_apps."""
    if not account.subscribed:
        return {"data": []}
    link = "https://www.facebook.com/games/?app_id=1"
    told: dict[str, Any] = {
        "whatsapp_business_api_data": {"id": "1", "name": "Sandbox", "link": link}
    }
    if account.account_callback:
        told["override_callback_uri"] = account.account_callback
    return {"data": [told]}


async def subscribe(world: World, account: Account, call: Call) -> dict[str, Any]:
    """POST /{account}/subscribed_apps; without an address a former one is taken away."""
    url = call.text("override_callback_uri")
    if url:
        await account.courier.confirm(url, call.text("verify_token"))
    account.subscribed, account.account_callback = True, url
    account.courier.resume()
    return {"success": True}


def unsubscribe(world: World, account: Account, call: Call) -> dict[str, Any]:
    """DELETE /{account}/subscribed_apps."""
    account.subscribed, account.account_callback = False, ""
    return {"success": True}


METHODS = {
    ("GET", "account", ""): get,
    ("GET", "account", "phone_numbers"): numbers,
    ("GET", "account", "subscribed_apps"): apps,
    ("POST", "account", "subscribed_apps"): subscribe,
    ("DELETE", "account", "subscribed_apps"): unsubscribe,
}
