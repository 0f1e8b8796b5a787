"""bin/messages: brings every app's catalogue up to date, without GNU gettext.

Strings are found in Python by Babel and in templates by Django's own `templatize`. A template
belongs to the app its folder is named after; pages outside any app's folder belong to their keeper
in OWNERS. `bin/messages --check` changes nothing and names what is missing (bin/test runs it).
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

from config.translations import ROOT, catalogues, compile_all

LANGUAGES = ("ru",)
OWNERS = {
    "account": "workspaces",
    "channels": "channels_connectors",
    "mfa": "workspaces",
    "usersessions": "workspaces",
}
DEFAULT_OWNER = "core"
PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
}
ONE, MANY, CONTEXT, CONTEXT_MANY = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": ONE,
    "N_": ONE,
    **{f"gettext{form}": ONE for form in ("", "_lazy", "_noop")},
    **{f"ngettext{form}": MANY for form in ("", "_lazy")},
    **{f"pgettext{form}": CONTEXT for form in ("", "_lazy")},
    **{f"npgettext{form}": CONTEXT_MANY for form in ("", "_lazy")},
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!%)%([sd])|\{(\w*)\}")

Key = tuple[str, str]  # context, msgid


def strings(root: Path = ROOT) -> dict[str, dict[Key, tuple[str, set[str]]]]:
    """App -> (context, msgid) -> (plural or "", the files that use it)."""
    found: dict[str, dict[Key, tuple[str, set[str]]]] = defaultdict(dict)
    for path in _sources(root):
        name = path.relative_to(root).as_posix()
        messages = found[_owner(path.relative_to(root))]
        for context, message, plural in _extract(path):
            known, files = messages.get((context, message), ("", set()))
            messages[(context, message)] = (plural or known, files | {name})
    return found


def update(root: Path = ROOT) -> None:
    """Add what is new, drop what is no longer used; translations are kept."""
    for app, messages in strings(root).items():
        for language in LANGUAGES:
            path = root / app / "locale" / language / "LC_MESSAGES" / "django.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            old = {_key(entry): entry for entry in _read(path)}
            catalogue = polib.POFile(wrapwidth=99)
            catalogue.metadata = {
                "Language": language,
                "MIME-Version": "1.0",
                "Content-Type": "text/plain; charset=UTF-8",
                "Content-Transfer-Encoding": "8bit",
                "Plural-Forms": PLURALS[language],
            }
            for key, (plural, files) in sorted(messages.items(), key=lambda item: item[0][::-1]):
                catalogue.append(_entry(key, plural, sorted(files), old.get(key)))
            catalogue.save(str(path))
    compile_all(root)


def problems(root: Path = ROOT) -> list[str]:
    """What a reader in another language would stumble over, one sentence each."""
    found = []
    translated: dict[str, dict[Key, tuple[list[str], Path]]] = defaultdict(dict)
    for path in catalogues(root):
        language = path.parts[-3]
        for entry in _read(path):
            if entry.obsolete:
                continue
            where = f"{path.relative_to(root)}: {entry.msgid!r}"
            texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
            # Django throws all catalogues together, and one of two translations is lost.
            before, other = translated[language].setdefault(_key(entry), (texts, path))
            if before != texts and all(before) and all(texts):
                found.append(f"{where} is something else in {other.relative_to(root)}")
            if entry.fuzzy or not all(texts):
                found.append(f"{where} is not translated")
            elif any(not _fits(entry, text) for text in texts):
                found.append(f"{where} has other placeholders than its translation")
    for messages in strings(root).values():
        for key, (_, files) in messages.items():
            found += [
                f"{min(files)}: {key[1]!r} is in no catalogue for {language}"
                for language in LANGUAGES
                if key not in translated[language]
            ]
    return sorted(found)


def _sources(root: Path) -> Iterator[Path]:
    apps = [name for name in [*settings.OUR_APPS, "config"] if (root / name).is_dir()]
    for app in apps:
        yield from sorted((root / app).rglob("*.py"))
        yield from sorted((root / app).glob("**/templates/**/*.*"))
    yield from sorted(path for path in (root / "templates").rglob("*.*") if path.is_file())


def _owner(path: Path) -> str:
    first = path.parts[1] if path.parts[0] == "templates" else path.parts[0]
    return first if first in settings.OUR_APPS else OWNERS.get(first, DEFAULT_OWNER)


def _extract(path: Path) -> Iterator[tuple[str, str, str]]:
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # templatize keeps the template's indentation, which Python's tokenizer would reject.
        content = "\n".join(line.lstrip() for line in templatize(content).splitlines())
    for _, message, _, context in extract("python", BytesIO(content.encode()), KEYWORDS):
        singular, plural = (message, "") if isinstance(message, str) else (*message, "")[:2]
        yield context or "", singular, plural or ""


def _read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=99) if path.exists() else polib.POFile()


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def _entry(key: Key, plural: str, files: list[str], old: polib.POEntry | None) -> polib.POEntry:
    context, message = key
    entry = polib.POEntry(
        msgid=message,
        msgctxt=context or None,
        occurrences=[(name, "") for name in files],
        comment=old.comment if old else "",
        tcomment=old.tcomment if old else "",
    )
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = (old.msgstr_plural if old else {}) or dict.fromkeys(range(3), "")
    else:
        entry.msgstr = old.msgstr if old else ""
    if old and old.fuzzy:
        entry.flags = ["fuzzy"]
    return entry


def _fits(entry: polib.POEntry, text: str) -> bool:
    allowed = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
    used = set(PLACEHOLDER.findall(text))
    # "one" may be said in words, so a plural form may leave its number out.
    return used <= allowed if entry.msgid_plural else used == allowed


def main(arguments: list[str]) -> int:
    """Update the catalogues, or with --check report and return 1 when something is missing."""
    django.setup()
    if "--check" not in arguments:
        update()
    found = problems()
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
