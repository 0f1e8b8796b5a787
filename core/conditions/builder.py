"""The filter builder of a page: what it may ask, what is asked, and that in words.

A page that filters a list reads `?filter=<json>`:

    builder = Builder.from_address(request.GET, VOCABULARY)
    rows = rows.filter(builder.condition.q(moments))       # where `builder.error` is None

and shows, with `{% load conditions %}`, in its toolbar `{% conditions_button builder %}` and under
it `{% conditions_frame builder src %}` and `{% conditions_chips builder address keep %}`.

`src` is an address of the page's own which renders "conditions/panel.html" for the same parameters
with `builder`, `action` (where the form goes, with `filter`), `count` (an address that answers JSON
`{words}` or `{error: {path, words}}`, see `counting.count_rows`) and `keep`, the page's other
parameters. See contacts.views.table.

A form that stores conditions (a segment, a rule) takes `{% conditions_panel builder name="..." %}`
among its fields: the document comes with the form, and `Builder.from_text` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
from django.utils.translation import gettext as _

from .errors import InvalidCondition
from .fields import Vocabulary
from .nodes import Condition, parse
from .operators import operator_of
from .words import GENERAL, operators_of, sentence

LONGEST = 20_000  # letters of a document in an address


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the document without it."""

    text: str
    is_exclusion: bool
    without: str


@dataclass
class Builder:
    """What a list is asked by conditions. `error` tells why a document could not be read."""

    vocabulary: Vocabulary
    document: dict[str, Any] = field(default_factory=dict)
    condition: Condition = field(default_factory=Condition)
    error: InvalidCondition | None = None

    @classmethod
    def from_address(
        cls, parameters: Mapping[str, Any], vocabulary: Vocabulary, name: str = "filter"
    ) -> Builder:
        """From `?filter=<json>`. Does not raise: see `error`."""
        return cls.from_text(str(parameters.get(name) or ""), vocabulary)

    @classmethod
    def from_text(cls, text: str, vocabulary: Vocabulary) -> Builder:
        """From a document as JSON. Does not raise: see `error`."""
        if not text.strip():
            return cls(vocabulary)
        document: Any = {}
        try:
            if len(text) > LONGEST:
                raise InvalidCondition(_("the filter is too long"))
            document = orjson.loads(text)
            condition = parse(document, vocabulary)
        except orjson.JSONDecodeError:
            return cls(vocabulary, error=InvalidCondition(_("the filter cannot be read")))
        except InvalidCondition as error:
            kept = document if _is_shaped(document) else {}
            return cls(vocabulary, document=kept, error=error)
        if "field" in document:
            document = {"all": [document]}
        return cls(vocabulary, document, condition)

    @property
    def as_json(self) -> str:
        """The document as text; empty when nothing is asked."""
        return orjson.dumps(self.document).decode() if self.is_asked else ""

    @property
    def is_asked(self) -> bool:
        return any(self.document.get(part) for part in ("all", "any", "not"))

    def query(self) -> dict[str, str]:
        """As a parameter of an address."""
        return {"filter": self.as_json} if self.is_asked else {}

    @property
    def address(self) -> str:
        return urlencode(self.query())

    @property
    def count(self) -> int:
        """How many conditions there are."""
        return len(self.condition.leaves)

    def chips(self) -> list[Chip]:
        """Each condition of the outermost group in words."""
        if self.error is not None:
            return []
        found = []
        for part in ("all", "any"):
            items = self.document.get(part) or []
            if part == "any" and len(items) > 1:
                # They hold together: one of them cannot go without changing what the rest mean.
                text = self._words({"any": items})
                found.append(Chip(text, False, self._without("any", None)))
                continue
            for number, item in enumerate(items):
                found.append(Chip(self._words(item), "not" in item, self._without(part, number)))
        if excluded := self.document.get("not"):
            items = excluded.get("any") if set(excluded) == {"any"} else None
            for number, item in enumerate(items or [excluded]):
                text = _("except: %(condition)s") % {"condition": self._words(item)}
                without = self._without_exclusion(number) if items else self._without("not", None)
                found.append(Chip(text, True, without))
        return found

    def _without(self, part: str, number: int | None) -> str:
        rest = {key: value for key, value in self.document.items() if value}
        if number is None:
            rest.pop(part, None)
        else:
            rest[part] = [item for i, item in enumerate(rest[part]) if i != number]
        return self._as_text(rest)

    def _without_exclusion(self, number: int) -> str:
        rest = dict(self.document)
        items = [item for i, item in enumerate(rest["not"]["any"]) if i != number]
        rest["not"] = {"any": items} if items else None
        return self._as_text(rest)

    @staticmethod
    def _as_text(document: dict[str, Any]) -> str:
        kept = {key: value for key, value in document.items() if value}
        return orjson.dumps(kept).decode() if kept else ""

    def _words(self, node: dict[str, Any]) -> str:
        if "field" in node:
            known = self.vocabulary.get(node["field"])
            if known is None:
                return str(node["field"])
            operator = operator_of(known.kind, str(node.get("op"))) or str(node.get("op"))
            value = node.get("value", True if operator == "set" else "")
            return sentence(known, operator, value)
        every = [self._words(part) for part in node.get("all") or []]
        some = [self._words(part) for part in node.get("any") or []]
        parts = every
        if some:
            parts.append((" " + _("or") + " ").join(some))
        if node.get("not"):
            parts.append(_("not (%(condition)s)") % {"condition": self._words(node["not"])})
        return (" " + _("and") + " ").join(parts)

    def for_script(self) -> dict[str, Any]:
        """All that the browser's part needs to know of the vocabulary."""
        groups: dict[str, list[dict[str, Any]]] = {}
        asked = {leaf.field.name for leaf in self.condition.leaves}
        for known in self.vocabulary:
            if not known.is_offered and known.name not in asked:
                continue
            choices = known.choices() if known.choices is not None else None
            described: dict[str, Any] = {
                "name": known.name,
                "label": str(known.label),
                "kind": known.kind,
            }
            if choices is not None:
                described["choices"] = [[str(key), str(label)] for key, label in choices]
            groups.setdefault(str(known.group or GENERAL), []).append(described)
        kinds = {entry["kind"] for group in groups.values() for entry in group}
        return {
            "groups": [{"label": label, "fields": fields} for label, fields in groups.items()],
            "operators": {kind: operators_of(kind) for kind in sorted(kinds)},
            "document": self.document,
            "error": {"path": self.error.path, "words": self.error.messages[0]}
            if self.error
            else None,
        }


def _is_shaped(node: Any) -> bool:
    """Whether a document that cannot be read can still be shown, to be put right."""
    if not isinstance(node, dict):
        return False
    if "field" in node:
        return isinstance(node["field"], str) and isinstance(node.get("op", ""), str)
    lists = [node.get("all") or [], node.get("any") or []]
    if not all(isinstance(parts, list) for parts in lists):
        return False
    inner = [part for parts in lists for part in parts]
    return all(map(_is_shaped, inner)) and (not node.get("not") or _is_shaped(node["not"]))
