"""The number: what is known of it, its registration, its own address for webhooks."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from sandbox.whatsapp.call import Call
from sandbox.whatsapp.refusals import Refusal, missing
from sandbox.whatsapp.world import Account, World


def get(world: World, account: Account, call: Call) -> dict[str, Any]:
    """GET /{number}."""
    check_proof(account, call)
    usual = (
        "verified_name,display_phone_number,code_verification_status,quality_rating,platform_type"
    )
    return call.chosen(described(account), usual)


def described(account: Account) -> dict[str, Any]:
    """All fields of the number."""
    addresses = {
        "phone_number": account.number_callback,
        "whatsapp_business_account": account.account_callback,
        "application": account.app_callback,
    }
    return {
        "id": account.phone_number_id,
        "display_phone_number": account.display_phone_number,
        "verified_name": account.verified_name,
        "quality_rating": account.quality_rating,
        "name_status": account.name_status,
        "code_verification_status": account.code_verification_status,
        "platform_type": account.platform_type,
        "throughput": {"level": "STANDARD"},
        "status": account.status,
        "account_mode": "LIVE",
        "webhook_configuration": {name: url for name, url in addresses.items() if url},
    }


def check_proof(account: Account, call: Call) -> None:
    """A proof that is given must be right: it tells whether a program knows the app's secret."""
    given = call.text("appsecret_proof")
    right = hmac.new(
        account.app_secret.encode(), account.token.encode(), hashlib.sha256
    ).hexdigest()
    if given and not hmac.compare_digest(given, right):
        raise Refusal(100, "Invalid appsecret_proof provided in the API argument")


async def change(world: World, account: Account, call: Call) -> dict[str, Any]:
    """POST /{number}: `webhook_configuration` is its own address; an empty one takes it away."""
    told = call.values.get("webhook_configuration")
    if not isinstance(told, dict):
        raise missing("webhook_configuration")
    url = str(told.get("override_callback_uri") or "")
    if url:
        await account.courier.confirm(url, str(told.get("verify_token") or ""))
    account.number_callback = url
    account.courier.resume()
    return {"success": True}


def register(world: World, account: Account, call: Call) -> dict[str, Any]:
    """POST /{number}/register, with a PIN that must be the one it has, if it has one."""
    pin = call.required("pin")
    if call.text("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if len(pin) != 6 or not pin.isdigit():
        raise Refusal(100, "Param pin must be 6 characters long.")
    if account.pin and account.pin != pin:
        raise Refusal(133005, "Two step verification PIN mismatch")
    account.pin, account.platform_type, account.status = pin, "CLOUD_API", "CONNECTED"
    return {"success": True}


def deregister(world: World, account: Account, call: Call) -> dict[str, Any]:
    """POST /{number}/deregister."""
    account.platform_type, account.status = "NOT_APPLICABLE", "DISCONNECTED"
    return {"success": True}


METHODS = {
    ("GET", "number", ""): get,
    ("POST", "number", ""): change,
    ("POST", "number", "register"): register,
    ("POST", "number", "deregister"): deregister,
}
