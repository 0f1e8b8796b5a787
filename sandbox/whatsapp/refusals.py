"""Errors of the Graph API, as `{error: {...}}` with an HTTP status."""

from __future__ import annotations

import secrets
from typing import Any

_WORDS = {
    1: "An unknown error occurred",
    2: "Service temporarily unavailable",
    4: "Application request limit reached",
    10: "Application does not have permission for this action",
    100: "Invalid parameter",
    190: "Error validating access token: the session has been invalidated",
    368: "Temporarily blocked for policies violations",
    2200: "Callback verification failed",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    130472: "User's number is part of an experiment",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131031: "Account has been locked",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: "User has stopped receiving marketing messages from this business",
    131051: "Message type unknown",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131062: "Business-scoped user ids are not supported for this message",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132012: "Parameter format does not match format in the created template",
    132015: "Template is paused",
    132016: "Template is disabled",
    133005: "Two step verification PIN mismatch",
    133010: "Phone number not registered",
}
_STATUSES = {
    2: 503,
    4: 429,
    10: 403,
    190: 401,
    368: 403,
    80007: 429,
    130429: 429,
    131000: 500,
    131016: 503,
    131031: 403,
    131048: 429,
    131056: 429,
}


class Refusal(Exception):
    """An answer that is an error, worded as Meta words it."""

    def __init__(self, code: int, details: str = "", *, subcode: int = 0, wait: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.subcode = subcode
        self.details = details
        self.wait = wait
        self.title = _WORDS.get(code, "Error")
        self.status = _STATUSES.get(code, 400)

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        # What is no matter of messages tells its details in the message.
        is_plain = self.code < 1000 or self.code == 2200
        said = self.details if self.details and is_plain else self.title
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {said}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": secrets.token_urlsafe(8),
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.details and not is_plain:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": error}

    def told(self) -> dict[str, Any]:
        """The same in the news of a message that failed."""
        error: dict[str, Any] = {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }
        return {**error, "error_data": {"details": self.details or self.title}}


def missing(name: str) -> Refusal:
    """131008: a parameter is missing."""
    return Refusal(131008, f"Parameter {name} is required.")


def wrong(details: str) -> Refusal:
    """131009: a parameter's value is not valid."""
    return Refusal(131009, details)


def no_object(node: str) -> Refusal:
    """100, subcode 33: there is no such object, or not for this token."""
    words = (
        f"Unsupported request. Object with ID '{node[:60]}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation."
    )
    return Refusal(100, words, subcode=33)
