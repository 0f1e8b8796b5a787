"""The workspace's own fields on the sheet, each with the control of its kind."""

from dataclasses import dataclass
from typing import Any

from contacts import custom_fields
from contacts.models import CustomField
from crm.models import Deal

Kind = CustomField.Kind
INPUT_MODES = {
    Kind.NUMBER: "decimal", Kind.MONEY: "decimal", Kind.PHONE: "tel", Kind.LINK: "url",
}  # fmt: skip


@dataclass(frozen=True)
class ShownField:
    """One field: what it is called, its value for a control and in words."""

    name: str
    label: str
    kind: str
    value: Any
    words: str
    choices: list[tuple[str, str]]
    mode: str = ""

    @property
    def chosen(self) -> list[str]:
        """The keys of the choices that are ticked."""
        return self.value if isinstance(self.value, list) else [str(self.value or "")]


def shown(deal: Deal) -> list[ShownField]:
    """Those in use, in their order, and what a deal has under other keys."""
    found = [_defined(deal, field) for field in custom_fields.definitions("deal")]
    known = {field.name for field in found}
    for key, value in sorted(deal.fields.items()):
        name = f"fields.{key}"
        if name in known:
            continue
        field = custom_fields.definition("deal", key)
        words = custom_fields.words(field, value) if field else str(value)
        label = field.label if field else key
        found.append(ShownField(name, label, "text", words, words, []))
    return found


def given(key: str, texts: list[str]) -> Any:
    """What a form sent, as `update_deal` takes it; None for nothing."""
    field = custom_fields.definition("deal", key)
    if field is not None and field.kind == Kind.MULTI:
        return [text for text in texts if text] or None
    text = texts[-1].replace("\0", "").strip() if texts else ""
    return text or None


def _defined(deal: Deal, field: CustomField) -> ShownField:
    value = deal.fields.get(field.key)
    choices = [(str(one["key"]), str(one["label"])) for one in field.choices]
    if field.kind == Kind.BOOLEAN:
        value = "" if value is None else "yes" if value else "no"
    elif field.kind == Kind.MULTI:
        value = value if isinstance(value, list) else []
    elif field.kind == Kind.LIST and value and value not in dict(choices):
        choices.append((value, value))
    elif field.kind not in {Kind.LIST, Kind.DATE}:
        value = custom_fields.as_typed(field, value)
    return ShownField(
        f"fields.{field.key}",
        field.label,
        field.kind,
        value,
        custom_fields.words(field, deal.fields.get(field.key)),
        choices,
        INPUT_MODES.get(Kind(field.kind), ""),
    )
