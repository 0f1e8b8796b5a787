"""What Meta demands of a message before it takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .refusals import Refusal, missing, wrong

Fields = dict[str, Any]

MEDIA = ("image", "video", "audio", "document", "sticker")
_MB = 1024 * 1024
# Of a file, by the type of message that shows it: mime types and bytes.
SHOWN: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (("image/jpeg", "image/png"), 5 * _MB),
    "video": (("video/mp4", "video/3gpp"), 16 * _MB),
    "audio": (("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * _MB),
    "sticker": (("image/webp",), 500 * 1024),
    "document": ((), 100 * _MB),
}


def check(kind: str, body: Any) -> None:
    """Raise what Meta answers to a message of this type that is not in order."""
    if kind not in _CHECKS:
        raise Refusal(131009, f"Param type must be one of {{{', '.join(sorted(_CHECKS))}}}.")
    wanted = list if kind == "contacts" else dict
    if not isinstance(body, wanted):
        raise missing(kind)
    _CHECKS[kind](body)


def string(body: Fields, path: str, longest: int, *, needed: bool = True) -> str:
    """A text at a key such as `text.body`."""
    name = path.rpartition(".")[2]
    value = body.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise missing(path)
    if len(value) > longest:
        raise wrong(f"Param {path} must be at most {longest} characters long.")
    return value


def _text(body: Fields) -> None:
    string(body, "text.body", 4096)
    if not isinstance(body.get("preview_url", False), bool):
        raise wrong("Param text.preview_url must be a boolean.")


def _media(kind: str, *, captioned: bool) -> Callable[[Fields], None]:
    def run(body: Fields) -> None:
        if bool(body.get("id")) == bool(body.get("link")):
            raise missing(f"{kind}.id or {kind}.link")
        if "caption" in body:
            if not captioned:
                raise wrong(f"Param {kind}.caption is not allowed.")
            string(body, f"{kind}.caption", 1024)
        if kind != "document" and "filename" in body:
            raise wrong(f"Param {kind}.filename is not allowed.")

    return run


def _location(body: Fields) -> None:
    for name in ("latitude", "longitude"):
        try:
            float(body[name])
        except (LookupError, TypeError, ValueError):
            raise missing(f"location.{name}") from None


def _contacts(body: list[Any]) -> None:
    if not body or len(body) > 257:
        raise missing("contacts")
    for card in body:
        name = card.get("name") if isinstance(card, dict) else None
        if not isinstance(name, dict):
            raise missing("contacts.name")
        string(name, "contacts.name.formatted_name", 1000)
        if not any(key in name for key in ("first_name", "last_name", "middle_name")):
            raise wrong("contacts.name needs one more name than formatted_name.")


def _reaction(body: Fields) -> None:
    string(body, "reaction.message_id", 300)
    if not isinstance(body.get("emoji"), str):
        raise missing("reaction.emoji")


def _interactive(body: Fields) -> None:
    kind = string(body, "interactive.type", 50)
    longest = 4096 if kind == "list" else 1024
    string(body.get("body") or {}, "interactive.body.text", longest)
    if "footer" in body:
        string(body["footer"], "interactive.footer.text", 60)
    action = body.get("action")
    if not isinstance(action, dict):
        raise missing("interactive.action")
    header = body.get("header") or {}
    if header and header.get("type") not in ("text", "image", "video", "document"):
        raise wrong("interactive.header.type is not valid.")
    if header and kind == "list" and header["type"] != "text":
        raise wrong("interactive.header of a list must be a text.")
    if kind not in _ACTIONS:
        raise wrong(f"interactive.type {kind} is not played by the sandbox.")
    _ACTIONS[kind](action)


def _buttons(action: Fields) -> None:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise wrong("interactive.action.buttons must have between 1 and 3 items.")
    replies = [button.get("reply") or {} for button in buttons]
    for reply in replies:
        string(reply, "interactive.action.buttons.reply.title", 20)
    _distinct([string(reply, "interactive.action.buttons.reply.id", 256) for reply in replies])
    _distinct([reply["title"] for reply in replies])


def _list(action: Fields) -> None:
    string(action, "interactive.action.button", 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        raise wrong("interactive.action.sections must have between 1 and 10 items.")
    rows = [row for section in sections for row in section.get("rows") or ()]
    if not 1 <= len(rows) <= 10:
        raise wrong("Total row count must be between 1 and 10.")
    for row in rows:
        string(row, "interactive.action.sections.rows.title", 24)
        string(row, "interactive.action.sections.rows.description", 72, needed=False)
    _distinct([string(row, "interactive.action.sections.rows.id", 200) for row in rows])


def _link(action: Fields) -> None:
    if action.get("name") != "cta_url":
        raise wrong("interactive.action.name must be cta_url.")
    parameters = action.get("parameters") or {}
    string(parameters, "interactive.action.parameters.display_text", 20)
    url = string(parameters, "interactive.action.parameters.url", 2000)
    if not url.startswith(("http://", "https://")):
        raise wrong("interactive.action.parameters.url is not an URL.")


def _place(action: Fields) -> None:
    if action.get("name") != "send_location":
        raise wrong("interactive.action.name must be send_location.")


def _template(body: Fields) -> None:
    string(body, "template.name", 512)
    string(body.get("language") or {}, "template.language.code", 20)


def _distinct(values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise wrong("Duplicated values are not allowed.")


_ACTIONS: dict[str, Callable[[Fields], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _place,
}
_CHECKS: dict[str, Callable[[Any], None]] = {
    "text": _text,
    "image": _media("image", captioned=True),
    "video": _media("video", captioned=True),
    "document": _media("document", captioned=True),
    "audio": _media("audio", captioned=False),
    "sticker": _media("sticker", captioned=False),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
}
