"""What a broadcast says: on all channels, on single ones, in versions of it."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from channels_connectors.models import Channel, MessageTemplate
from inbox.payloads import LONGEST_LABEL, LONGEST_LINK
from inbox.template_layouts import Layout, layout_of
from marketing import markup
from marketing.checks import LONGEST_TEXT
from marketing.formatting import Words
from marketing.forms.tools import capabilities_of
from marketing.forms.versions import VersionsForm
from marketing.models import Broadcast

MOST_BUTTONS: Final = 10


class MessageForm:
    """Reads the page's fields, which are as many as there are channels, versions and buttons.

    `values` are what the verbs on broadcasts take; `errors` are in words, by field.
    """

    def __init__(self, data: Any, *, broadcast: Broadcast, channels: Sequence[Channel]) -> None:
        self.data, self.broadcast, self.channels = data, broadcast, channels
        self.errors: dict[str, str] = {}
        words, own = markup.parse(self._text("text")), self._texts()
        self.values: dict[str, Any] = {
            "text": words.text,
            "entities": list(words.entities),
            "texts": {key: one.text for key, one in own.items()},
            "texts_entities": {key: list(one.entities) for key, one in own.items() if one.entities},
            "subject": " ".join(self._text("subject", 250).split()),
            "buttons": self._buttons(),
            "template": self._template(),
            "adds_stop_line": "adds_stop_line" in data,
            "tracks_links": "tracks_links" in data,
        }
        versions = VersionsForm(data)
        self.values |= {"variants": versions.variants, "winner": versions.winner}
        self.errors |= versions.errors

    def is_valid(self) -> bool:
        """Whether all of it can be read."""
        return not self.errors

    def apply(self, broadcast: Broadcast) -> Broadcast:
        """The values on a broadcast that is not stored: for a preview."""
        for name, value in self.values.items():
            setattr(broadcast, name, value)
        return broadcast

    def _text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        text = str(self.data.get(name) or "").replace("\0", "").replace("\r\n", "\n").strip()
        if len(text) > longest:
            self.errors[name] = _("The text is too long.")
        return text[:longest]

    def _texts(self) -> dict[str, Words]:
        """Words of single channels; what was told of other kinds before is kept."""
        shown = {str(channel.pk) for channel in self.channels}
        formats = self.broadcast.texts_entities
        kept = {
            key: Words(text, formats.get(key) or ())
            for key, text in self.broadcast.texts.items()
            if key not in shown
        }
        own = {pk: self._text(f"text-{pk}") for pk in shown}
        return kept | {pk: markup.parse(text) for pk, text in sorted(own.items()) if text}

    def _buttons(self) -> list[list[dict[str, str]]]:
        labels = self.data.getlist("button_label")[:MOST_BUTTONS]
        actions = self.data.getlist("button_action")
        links = self.data.getlist("button_value")
        found = []
        for number, label in enumerate(labels):
            label = " ".join(str(label).replace("\0", "").split())
            if not label:
                continue
            if len(label) > LONGEST_LABEL:
                self.errors["buttons"] = _("A button has at most %(count)d characters.") % {
                    "count": LONGEST_LABEL
                }
            is_link = number < len(actions) and actions[number] == "link"
            value = str(links[number] if number < len(links) else "").strip()[:LONGEST_LINK]
            if is_link and not value.startswith(("https://", "http://")):
                self.errors["buttons"] = _("A link begins with https://.")
            found.append(
                [
                    {
                        "label": label[:LONGEST_LABEL],
                        "action": "link" if is_link else "reply",
                        "value": value if is_link else label[:LONGEST_LABEL],
                    }
                ]
            )
        return found

    def _template(self) -> dict[str, Any] | None:
        chosen = template_of(self.channels, str(self.data.get("template") or ""))
        if chosen is None:
            return None
        layout = layout_of(chosen)
        values = {
            part: {
                name: str(self.data.get(f"template-{part}-{name}") or "").strip()
                for name in words.names
            }
            for part, words in (("header", layout.header), ("body", layout.body))
        }
        buttons = [
            str(self.data.get(f"template-buttons-{place}") or "").strip()
            for place in layout.variable_buttons
        ]
        return {"name": chosen.name, "language": chosen.language, **values, "buttons": buttons}


def template_of(channels: Sequence[Channel], chosen: str) -> MessageTemplate | None:
    """The approved template of a name and language, as the page's field tells it: `name|ru`."""
    name, _sign, language = chosen.rpartition("|")
    return approved(channels).filter(name=name, language=language).first() if name else None


def approved(channels: Sequence[Channel]) -> Any:
    """The templates of these channels that may be sent, by name."""
    found = MessageTemplate.objects.filter(
        channel__in=[channel.pk for channel in channels], status=MessageTemplate.Status.APPROVED
    )
    return found.order_by("name", "language", "id")


def template_fields(layout: Layout, asked: dict[str, Any] | None) -> list[dict[str, str]]:
    """An input for each variable of a template, with what it has by now."""
    asked = asked or {}
    found = []
    for part, words in (("header", layout.header), ("body", layout.body)):
        known = asked.get(part) or {}
        for name in words.names:
            value = known.get(name, "") if isinstance(known, dict) else ""
            found.append({"name": f"template-{part}-{name}", "label": name, "value": value})
    values = asked.get("buttons") or []
    for number, place in enumerate(layout.variable_buttons):
        label = layout.labels[place] if place < len(layout.labels) else str(place)
        value = values[number] if number < len(values) else ""
        found.append({"name": f"template-buttons-{place}", "label": label, "value": value})
    return found


def needs(channels: Sequence[Channel], what: str) -> bool:
    """Whether any of the channels has a capability: "subject", "templates", "buttons"."""
    return any(getattr(capabilities_of(channel), what, False) for channel in channels)
