"""Versions of a broadcast's text in a form: words, and what part of the audience gets each."""

from typing import Any, Final

from django.utils.translation import gettext as _

from marketing import markup
from marketing.checks import LONGEST_TEXT, MOST_VARIANTS
from marketing.variants import METRICS, percents

KEYS: Final = "abcde"
WHOLE: Final = 100


class VersionsForm:
    """Reads `has_versions`, a `version` for each but the first, and the `share` of each in percent.

    Without shares all get equal parts. `errors` are in words, by field.
    """

    def __init__(self, data: Any) -> None:
        self._data = data
        self.errors: dict[str, str] = {}
        self.variants: list[dict[str, Any]] = []
        self.winner: dict[str, Any] | None = None
        if "has_versions" in data:
            self._read()

    def _read(self) -> None:
        typed = [
            str(text).replace("\0", "").replace("\r\n", "\n").strip()
            for text in self._data.getlist("version")[: MOST_VARIANTS - 1]
        ]
        shares = [str(share) for share in self._data.getlist("share")]
        if any(len(text) > LONGEST_TEXT for text in typed):
            self.errors["versions"] = _("The text is too long.")
        if not any(typed):
            self.errors["versions"] = _("Write a second version.")
            return
        # A version without words is none, and takes its share with it.
        told = [(0, ""), *((number, text) for number, text in enumerate(typed, 1) if text)]
        weights = self._weights([number for number, _text in told], shares)
        for key, (number, text), weight in zip(KEYS, told, weights, strict=False):
            words = markup.parse(text[:LONGEST_TEXT])
            own = {"text": words.text, "entities": list(words.entities)} if number else {"text": ""}
            self.variants.append({"key": key, **own, "weight": weight})
        self.winner = self._winner()

    def _weights(self, numbers: list[int], shares: list[str]) -> list[int]:
        if not shares:
            return [1] * len(numbers)
        found = [_whole(shares[number]) if number < len(shares) else 0 for number in numbers]
        if not all(1 <= share < WHOLE for share in found):
            self.errors["shares"] = _("Say for each version what share of the audience gets it.")
        elif sum(found) != WHOLE:
            self.errors["shares"] = _("The shares make %(sum)d%%, and must make 100%%.") % {
                "sum": sum(found)
            }
        return [max(1, min(share, WHOLE)) for share in found]

    def _winner(self) -> dict[str, Any] | None:
        metric = str(self._data.get("winner_metric") or "")
        if not metric:
            return None
        try:
            hours = float(str(self._data.get("winner_hours") or "").replace(",", "."))
            share = int(self._data.get("winner_share") or "")
        except ValueError:
            hours, share = -1.0, 0
        if metric not in METRICS or not 0 <= hours <= 24 * 30 or not 1 <= share <= 99:
            self.errors["winner"] = _("Say after how many hours and on what part it is decided.")
            return None
        return {"metric": metric, "hours": hours, "share": share}


def version_fields(variants: list[dict[str, Any]]) -> dict[str, Any]:
    """What the fields of versions are drawn from: typed words and shares, the first one's apart."""
    shares = percents(variants) or [50, 50]
    rows = [
        {
            "letter": KEYS[number].upper(),
            "text": markup.write(
                markup.Words(str(variant.get("text") or ""), variant.get("entities") or ())
            ),
            "share": share,
        }
        for number, (variant, share) in enumerate(zip(variants, shares, strict=False))
    ]
    return {
        "first_share": shares[0],
        "versions": rows[1:] or [{"letter": "B", "text": "", "share": shares[1]}],
        "metrics": METRICS,
    }


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0
