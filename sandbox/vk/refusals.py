"""Answers of VK that are not a `response`. They come with HTTP 200."""

from __future__ import annotations

from typing import Any

_WORDS = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    9: "Flood control",
    13: "Runtime error occurred during code invocation",
    12: "Unable to compile code",
    10: "Internal server error",
    14: "Captcha needed",
    15: "Access denied",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    909: "Can't edit this message, because it's too old",
    910: "Can't sent this message, because it's too big",
    911: "Keyboard format is invalid",
    912: "This is a chat bot feature, change this status in settings",
    913: "Too many forwarded messages",
    914: "Message is too long",
    920: "Can't edit this kind of message",
    924: "Can't delete this message for everybody",
    917: "You don't have access to this chat",
    927: "Chat does not exist",
    950: "Can't send message, reply timed out",
    1009: "Unknown reaction passed",
    2000: "Servers number limit is reached",
}


class Refusal(Exception):
    """An answer `{error: {error_code, error_msg}}`, worded as VK words it."""

    def __init__(self, code: int, detail: str = "") -> None:
        words = _WORDS.get(code, "Error")
        super().__init__(words)
        self.code = code
        self.words = f"{words}: {detail}" if detail else words

    def body(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The answer's JSON, which repeats the parameters as VK does."""
        shown = [{"key": name, "value": str(value)[:200]} for name, value in parameters.items()]
        error = {"error_code": self.code, "error_msg": self.words, "request_params": shown}
        return {"error": error}


def wrong(detail: str) -> Refusal:
    """100: a parameter is missing or invalid."""
    return Refusal(100, detail)
