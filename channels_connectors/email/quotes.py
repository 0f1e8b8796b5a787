"""What somebody wrote anew, without the letters that they answer and without a signature.

Line by line and without searching back, so that no letter can keep us busy.
"""

from __future__ import annotations

import re
from typing import Final

# "On Tuesday Boris wrote:", over one or two lines.
_WROTE: Final = re.compile(
    r"^(?:on .{6,300}\bwrote|am .{6,300}\bschrieb\b.{0,200}|le .{6,300}\ba écrit"
    r"|.{6,300}(?:пишет|написал(?:а|\(а\))?|wrote)"
    r"|.{0,40}\b(?:[12]\d{3}|\d{1,2}:\d\d)\b.{0,200}<?[^\s<>@]{1,64}@[^\s<>@]{1,190}>?.{0,20})\s?:$",
    re.IGNORECASE,
)
_RULE: Final = re.compile(
    r"^[-_=*\s]{2,}(?:original message|forwarded message|исходное сообщение|"
    r"пересланное сообщение|пересылаемое сообщение|исходное письмо|конец пересылаемого сообщения"
    r"|ursprüngliche nachricht|message d'origine)[-_=*\s]*$",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(r"^[-_=*\s]{2,}(?:forwarded|пересл|пересыл|конец)", re.IGNORECASE)
_UNDERSCORES: Final = re.compile(r"^_{20,}$")
_FIELD: Final = re.compile(
    r"^\*?(?:from|sent|date|to|subject|cc|от|отправлено|дата|кому|тема|копия|von|gesendet|an|betreff)"
    r"\*?:\*?\s?\S?",
    re.IGNORECASE,
)
_SENT_FROM: Final = re.compile(
    r"^(?:sent from (?:my |mail|outlook|yahoo|proton)|get outlook for|отправлено (?:с|из) |"
    r"посмотреть оригинал|gesendet von )",
    re.IGNORECASE,
)
_LONGEST_LINE: Final = 600


def fresh(text: str) -> str:
    """The new part of a letter's text; all of it where nothing new would be left."""
    lines = [line.rstrip() for line in text.split("\n")]
    kept = _above_quotes(lines)
    kept = _without_marked(kept)
    kept = _without_signature(kept)
    trimmed = _joined(kept)
    return trimmed or _joined(lines)


def _above_quotes(lines: list[str]) -> list[str]:
    """Up to where the answered letter begins."""
    for place, line in enumerate(lines):
        bare = line.strip().lstrip("> ").strip()
        if not bare or len(bare) > _LONGEST_LINE:
            continue
        has_words = any(one.strip() for one in lines[:place])
        if _RULE.match(bare):
            # A forwarded letter is what the sender wants to show.
            if _FORWARDED.match(bare):
                return lines
            return lines[:place]
        if not has_words:
            continue
        if bare.endswith(":") and _is_wrote(lines, place, bare):
            return lines[: place - (0 if _WROTE.match(bare) else 1)]
        if _is_header_block(lines, place):
            return lines[:place]
    return lines


def _is_wrote(lines: list[str], place: int, bare: str) -> bool:
    """The line itself, or with the one before it, says who wrote; what follows is the quote."""
    if _WROTE.match(bare):
        return _quote_follows(lines, place)
    before = lines[place - 1].strip() if place else ""
    return bool(
        before and len(before) < 300 and _WROTE.match(f"{before} {bare}")
    ) and _quote_follows(lines, place)


def _quote_follows(lines: list[str], place: int) -> bool:
    """Marked with ">", or the rest of a letter that had only HTML quotes."""
    following = next((line for line in lines[place + 1 :] if line.strip()), "")
    return following.startswith(">") or "@" in lines[place] or not following


def _is_header_block(lines: list[str], place: int) -> bool:
    """Outlook's block of From, Sent, To, Subject, with or without a rule above it."""
    start = place + 1 if _UNDERSCORES.match(lines[place].strip()) else place
    block = [line.strip() for line in lines[start : start + 6] if line.strip()]
    if not block or not _FIELD.match(block[0]):
        return False
    return sum(bool(_FIELD.match(line)) for line in block) >= 3


def _without_marked(lines: list[str]) -> list[str]:
    """Without lines marked with ">" at the end. Those between answers stay: they say to what."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    top = first
    while top < end and lines[top].lstrip().startswith(">"):
        top += 1
    if end and any(line.lstrip().startswith(">") for line in lines[top:end]):
        return lines[:end]
    return lines[top:end]


def _without_signature(lines: list[str]) -> list[str]:
    for place, line in enumerate(lines):
        if line in {"--", "-- "} and any(one.strip() for one in lines[:place]):
            return lines[:place]
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end > 1 and _SENT_FROM.match(lines[end - 1].strip()[:_LONGEST_LINE]):
        return lines[: end - 1]
    return lines


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
