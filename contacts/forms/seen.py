"""Two people correct one contact: a form writes only what was edited in it, and writes nothing over
what somebody else has written meanwhile without saying so."""

import json
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

SEEN: Final = "seen"
LONGEST: Final = 100_000


class Seen(forms.Form):
    """A mixin: `present` is what the fields hold now, by name, in the shape of what is cleaned.

    The template sends `seen_text` back as a hidden `seen`. Without it a form is compared with what
    the fields hold now.
    """

    present: dict[str, Any]
    _told: dict[str, Any] | None = None

    @property
    def seen_text(self) -> str:
        """What the form is to remember: what it showed, and what its errors tell of others."""
        return json.dumps({**self.present, **self._seen(), **(self._told or {})}, sort_keys=True)

    def edited(self) -> dict[str, Any]:
        """The cleaned values of the fields that were edited, which hold something else now.

        A field that somebody else has changed meanwhile gets an error that tells what it holds; the
        form then remembers that, so that sending it once more writes.
        """
        seen = self._seen()
        found, self._told = {}, {}
        for name, now in self.present.items():
            wanted = self.given(name)
            if wanted in (seen.get(name, now), now):
                continue
            found[name] = wanted
            if name in seen and seen[name] != now:
                self._told[name] = now
                self.add_error(name, self._meanwhile(name, now))
        return found

    def given(self, name: str) -> Any:
        """What was sent for a field, in the shape of `present`."""
        return self.cleaned_data.get(name)

    def words_of(self, name: str, value: Any) -> str:
        """What a field holds as people read it; empty for nothing."""
        return ", ".join(value) if isinstance(value, list) else str(value or "")

    def _seen(self) -> dict[str, Any]:
        text = self.data.get(SEEN, "")
        try:
            found = json.loads(text) if len(text) <= LONGEST else {}
        except (ValueError, RecursionError):
            found = {}
        if not isinstance(found, dict):
            return {}
        return {name: value for name, value in found.items() if name in self.present}

    def _meanwhile(self, name: str, now: Any) -> str:
        words = self.words_of(name, now)
        if not words:
            return _("Somebody has emptied this field meanwhile. Save again to keep yours.")
        told = _("Somebody has written here meanwhile: “%(now)s”. Save again to keep yours.")
        return told % {"now": words[:300]}
