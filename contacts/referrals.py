"""What platforms tell of how a customer came, brought into one form.

| told by | keys | touch |
| --- | --- | --- |
| Telegram | `start`, a link's payload | deep_link, the payload is its `content` |
| VK | `ref`, `ref_source` of a link | deep_link, `ref` is its `content` |
| VK | `form` of an advertisement | ad, medium `lead_form` |
| WhatsApp | `source_type`, `source_id`, `ctwa_clid`, ... | ad, or deep_link for a post |
| MAX | `payload` of a link | deep_link |
| WhatsApp | `[key]` at the end of the first words | deep_link |
| website chat | `first_touch`, `last_touch`, `url`, `referrer` | visit, each with its UTM marks |

Whatever else has UTM marks or click ids is read by those. Nothing is thrown away: the whole of it
is kept beside the touch. A key of a link of ours becomes that link's marks, see `named`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

CLICK_IDS: Final = frozenset(
    {
        *("yclid", "ymclid", "ysclid", "rb_clickid", "vk_click_id"),
        *("tandem_link", "gclid", "wbraid", "gbraid", "fbclid", "ctwa_clid", "ttclid", "msclkid"),
    }
)
UTM: Final = ("source", "medium", "campaign", "content", "term")
# A link's own key, by the platforms' names for it.
# WhatsApp hands nothing back but the customer's words.
_KEY_IN_WORDS: Final = re.compile(r"\[([0-9a-z]{10})\]\s*$")
LINK_KEYS: Final = ("start", "ref", "payload", "context")
ADVERTISEMENT_KEYS: Final = frozenset({"source_type", "source_id", "ad_id", "ctwa_clid", "form"})
LONGEST_NAME, LONGEST, LONGEST_ADDRESS = 100, 200, 2000


@dataclass(frozen=True, slots=True)
class Told:
    """One touch as it was told. `at` None: at the time of the message that told it."""

    kind: str
    at: datetime | None = None
    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    click_ids: dict[str, str] = field(default_factory=dict)
    landing_page: str = ""
    referrer: str = ""


def read(channel_kind: str, referral: Mapping[str, Any]) -> list[Told]:
    """The touches that a message's referral tells of, the earliest first; empty for nothing."""
    if not referral:
        return []
    if {"first_touch", "last_touch", "url"} & referral.keys():
        return _visits(referral)
    if ADVERTISEMENT_KEYS & referral.keys():
        return [_advertisement(channel_kind, referral)]
    return [_link(channel_kind, referral)]


# Marks of links of ours by their keys, those that there are, in the scope of the connection.
Marks = Callable[[Any, UUID, Iterable[str]], dict[str, dict[str, str]]]
_readers: list[Marks] = []


def register_marks(read_marks: Marks) -> None:
    """Have the keys in customers' first messages looked up. Called by whoever makes links, with
    the raw connection of the sorter, the workspace and the keys."""
    _readers.append(read_marks)


def named(connection: Any, workspace_id: UUID, told: list[Told]) -> list[Told]:
    """The same touches, those through links of ours with the marks that the link carries."""
    keys = {one.content for one in told if one.kind == "deep_link" and one.content}
    known: dict[str, dict[str, str]] = {}
    for read_marks in _readers if keys else ():
        known |= read_marks(connection, workspace_id, sorted(keys))
    return [_with_marks(one, known) for one in told]


def key_in(text: str) -> str:
    """The key that a link to WhatsApp has put into the customer's words, or ""."""
    found = _KEY_IN_WORDS.search(text)
    return found[1] if found else ""


def words_with(greeting: str, key: str) -> str:
    """What such a link lets the customer write."""
    return f"{greeting} [{key}]".strip()


def _with_marks(told: Told, known: Mapping[str, dict[str, str]]) -> Told:
    marks = known.get(told.content) if told.kind == "deep_link" else None
    if marks is None:
        return told
    return replace(told, click_ids={**told.click_ids, "tandem_link": told.content}, **marks)  # type: ignore[arg-type]


def _visits(referral: Mapping[str, Any]) -> list[Told]:
    """How they came to the website first, and how they came this time, when these differ."""
    told = [
        _marked("visit", touch)
        for name in ("first_touch", "last_touch")
        if isinstance(touch := referral.get(name), Mapping) and touch
    ]
    if not told:
        page = {**referral, "landing_page": referral.get("url")}
        told = [_marked("visit", page)]
    return told[:1] if told[-1] == told[0] else told


def _advertisement(channel_kind: str, referral: Mapping[str, Any]) -> Told:
    if form := _words(referral, "form"):
        return _marked("ad", referral, source=channel_kind, medium="lead_form", content=form)
    is_post = _words(referral, "source_type") == "post"
    return _marked(
        "deep_link" if is_post else "ad",
        referral,
        source=channel_kind,
        medium="post" if is_post else "ad",
        content=_words(referral, "source_id") or _words(referral, "ad_id"),
        landing_page=_words(referral, "source_url", LONGEST_ADDRESS),
    )


def _link(channel_kind: str, referral: Mapping[str, Any]) -> Told:
    key = next((key for name in LINK_KEYS if (key := _words(referral, name))), "")
    source = _words(referral, "ref_source", LONGEST_NAME) or channel_kind
    return _marked("deep_link", referral, source=source, content=key)


def _marked(kind: str, told: Mapping[str, Any], **otherwise: str) -> Told:
    """By the marks that are there; `otherwise` fills what they leave open."""
    page = otherwise.pop("landing_page", "") or _words(told, "landing_page", LONGEST_ADDRESS)
    marks = {**_marks_of(page), **told}
    values = {
        name: _words(marks, f"utm_{name}", _longest(name)) or otherwise.get(name, "")[:LONGEST]
        for name in UTM
    }
    referrer = _words(told, "referrer", LONGEST_ADDRESS)
    if kind == "visit" and not values["source"] and (host := _other_host(referrer, page)):
        values |= {"source": host[:LONGEST_NAME], "medium": values["medium"] or "referral"}
    return Told(
        kind=kind,
        at=_moment(told.get("at")),
        click_ids={name: text for name in sorted(CLICK_IDS) if (text := _words(marks, name, 500))},
        landing_page=page,
        referrer=referrer,
        **values,
    )


def _marks_of(address: str) -> dict[str, str]:
    """UTM marks and click ids that stand in an address itself."""
    try:
        found = parse_qsl(urlsplit(address).query, max_num_fields=100)
    except ValueError:
        return {}
    return {name: value for name, value in found if name in CLICK_IDS or name.startswith("utm_")}


def _other_host(referrer: str, page: str) -> str:
    """The site that they came from, unless it is the page's own."""
    try:
        came_from, own = urlsplit(referrer).hostname or "", urlsplit(page).hostname or ""
    except ValueError:
        return ""
    came_from, own = came_from.removeprefix("www."), own.removeprefix("www.")
    return "" if came_from == own else came_from


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(told: Mapping[str, Any], name: str, longest: int = LONGEST) -> str:
    value = told.get(name)
    return str(value).strip()[:longest] if isinstance(value, str | int) else ""


def _longest(name: str) -> int:
    return LONGEST_NAME if name in {"source", "medium"} else LONGEST
