"""The number and its WhatsApp account: connecting them, letting go of them, their health."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, ConnectResult, Json, Words

from . import words
from .api import Api, credential
from .errors import NO_OBJECT, Refusal

_NUMBER_FIELDS: Final = (
    "id,display_phone_number,verified_name,quality_rating,name_status,code_verification_status,"
    "platform_type,throughput,status"
)
_ACCOUNT_FIELDS: Final = "id,name,account_review_status,whatsapp_business_manager_messaging_limit"
_MOST_NUMBERS: Final = 100

# Seconds between our tries to have the address confirmed: a letterbox that has refused an address
# looks it up again only after two.
CONFIRM_PAUSES: Final = (0, 2.1, 4, 8)

# Words of Meta's for a number that sends nothing, whatever its token.
_STUCK: Final[dict[str, Words]] = {
    "BANNED": words.RESTRICTED,
    "RESTRICTED": words.RESTRICTED,
    "RATE_LIMITED": words.SPAM,
    "FLAGGED": words.SPAM,
    "DELETED": words.NO_SUCH_NUMBER,
    "MIGRATED": words.NOT_REGISTERED,
    "DISCONNECTED": words.NOT_REGISTERED,
    "UNVERIFIED": words.NOT_VERIFIED,
}
_INVALID_PROOF: Final = "appsecret_proof"
_CALLBACK_FAILED: Final = 2200


async def connect(config: ChannelConfig, webhook_url: str | None) -> ConnectResult:
    """Check the token, the ids and the secret; register the number where it is not.

    Meta calls an address at once to confirm it, so ours is told in `after_connect`.
    """
    if webhook_url is None:
        raise ConnectorError("channel_auth", words.NO_POLLING)
    async with Api(config) as api:
        number = await _number(api)
        await _check_account(api)
        credentials: Json = {
            "verify_token": credential(config, "verify_token") or secrets.token_urlsafe(24)
        }
        if number.get("platform_type") == "NOT_APPLICABLE":
            credentials["pin"] = await _register(api, config)
        await _subscribe(api)
        notes = _notes(number, webhook_url, api)
    shown = str(number.get("display_phone_number") or "")
    name = str(number.get("verified_name") or "")
    return ConnectResult(
        external_id=api.phone_number_id,
        name=" ".join(part for part in (name, shown) if part) or f"WhatsApp {number['id']}",
        credentials=credentials,
        settings={"webhook_url": webhook_url, "display_phone_number": shown},
        notes=notes,
    )


async def after_connect(config: ChannelConfig) -> None:
    """Have Meta confirm our address and deliver to it what is for this number and its account.

    Where an app serves several numbers each has an address of its own. Raises ConnectorError.
    """
    if not config.settings.get("webhook_url"):
        return
    async with Api(config) as api:
        for last, pause in enumerate(CONFIRM_PAUSES, start=1 - len(CONFIRM_PAUSES)):
            await asyncio.sleep(pause)
            try:
                await _point_here(api, config)
            except Refusal as error:
                if error.code != _CALLBACK_FAILED or not last:
                    raise
            else:
                return


async def disconnect(config: ChannelConfig) -> None:
    """Take our address back, unless somebody has pointed it elsewhere since.

    The app stays subscribed: its other numbers may live from it. Raises ConnectorError.
    """
    ours = config.settings.get("webhook_url")
    async with Api(config) as api:
        number = await api.get(api.phone_number_id, fields="webhook_configuration")
        configured = number.get("webhook_configuration")
        if isinstance(configured, dict) and ours and configured.get("phone_number") == ours:
            nowhere = {"webhook_configuration": {"override_callback_uri": ""}}
            await api.post(api.phone_number_id, nowhere)
        if ours and ours in await _account_addresses(api):
            await api.post(f"{api.waba_id}/subscribed_apps")


async def check(config: ChannelConfig) -> Json:
    """The number's health in Meta's words, and `{ok, last_error}` in ours."""
    async with Api(config) as api:
        number = await _number(api)
        account = await api.get(api.waba_id, fields=_ACCOUNT_FIELDS)
        told = await api.get(api.phone_number_id, fields="webhook_configuration")
        configured = told.get("webhook_configuration") or {}
        addresses = {*configured.values(), *await _account_addresses(api)}
    problem: Words = _STUCK.get(str(number.get("status")), "")
    if not problem and config.settings.get("webhook_url") not in addresses:
        problem = words.NOT_CONFIRMED
    return {
        "ok": not problem,
        "last_error": ConnectorError("channel_auth", problem).msgid if problem else "",
        "status": str(number.get("status") or ""),
        "quality": str(number.get("quality_rating") or ""),
        "name_status": str(number.get("name_status") or ""),
        "throughput": str((number.get("throughput") or {}).get("level") or ""),
        "messaging_limit": str(account.get("whatsapp_business_manager_messaging_limit") or ""),
        "review": str(account.get("account_review_status") or ""),
    }


async def _number(api: Api) -> dict[str, Any]:
    """The number, by a call that also proves the secret. Raises ConnectorError in its words."""
    if not api.phone_number_id.isdigit():
        raise ConnectorError("channel_auth", words.NO_SUCH_NUMBER, field="phone_number_id")
    try:
        return await api.get(
            api.phone_number_id, fields=_NUMBER_FIELDS, appsecret_proof=api.proof()
        )
    except Refusal as error:
        failure = _of_credentials(error, words.NO_SUCH_NUMBER, "phone_number_id")
        if failure is None:
            raise
    raise failure


async def _check_account(api: Api) -> None:
    """Raises ConnectorError when the number is another account's."""
    if not api.waba_id.isdigit():
        raise ConnectorError("channel_auth", words.WRONG_ACCOUNT, field="waba_id")
    try:
        told = await api.get(f"{api.waba_id}/phone_numbers", fields="id", limit=str(_MOST_NUMBERS))
    except Refusal as error:
        failure = _of_credentials(error, words.WRONG_ACCOUNT, "waba_id")
        if failure is None:
            raise
    else:
        known = {str(found.get("id")) for found in told.get("data") or ()}
        more = (told.get("paging") or {}).get("next")
        if api.phone_number_id in known or more:
            return
        failure = ConnectorError("channel_auth", words.WRONG_ACCOUNT, field="waba_id")
    raise failure


def _of_credentials(error: Refusal, no_object: Words, field: str) -> ConnectorError | None:
    """A refusal that is about one of the credentials, in our words: they say it all, and the code
    would only puzzle. None when about none of them."""
    if error.code == 100 and _INVALID_PROOF in error.detail:
        return ConnectorError("channel_auth", words.WRONG_SECRET, field="app_secret")
    if error.code == 100 and error.subcode in (0, NO_OBJECT):
        return ConnectorError("channel_auth", no_object, field=field)
    return None


async def _register(api: Api, config: ChannelConfig) -> str:
    """Register the number with the Cloud API. Returns the PIN that it has from now on."""
    pin = credential(config, "pin") or f"{secrets.randbelow(10**6):06}"
    await api.post(f"{api.phone_number_id}/register", {"messaging_product": "whatsapp", "pin": pin})
    return pin


async def _subscribe(api: Api) -> None:
    """Have the account's news sent to the app. An address that is set for them stays: subscribing
    anew without one would take it away."""
    told = await api.get(f"{api.waba_id}/subscribed_apps")
    if not told.get("data"):
        await api.post(f"{api.waba_id}/subscribed_apps")


async def _point_here(api: Api, config: ChannelConfig) -> None:
    here = {
        "override_callback_uri": config.settings["webhook_url"],
        "verify_token": credential(config, "verify_token"),
    }
    await api.post(api.phone_number_id, {"webhook_configuration": here})
    # Templates and the account's troubles come to the account's address.
    await api.post(f"{api.waba_id}/subscribed_apps", here)


async def _account_addresses(api: Api) -> set[str]:
    told = await api.get(f"{api.waba_id}/subscribed_apps")
    return {str(found.get("override_callback_uri") or "") for found in told.get("data") or ()}


def _notes(number: dict[str, Any], webhook_url: str, api: Api) -> tuple[Words, ...]:
    found: list[Words] = []
    if api.is_public and not webhook_url.startswith("https://"):
        found.append(words.NEEDS_HTTPS)
    if number.get("code_verification_status") == "NOT_VERIFIED":
        found.append(words.NOT_VERIFIED)
    if number.get("name_status") in ("DECLINED", "EXPIRED"):
        found.append(words.NAME_NOT_APPROVED)
    return tuple(found)
