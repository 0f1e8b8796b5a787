"""Two people write into one field: the second is told what it says by now, and keeps their text."""

from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from contacts import custom_fields
from contacts.models import CustomField
from crm.actions import Conflict
from crm.actions.values import OWN, held
from crm.board.history import label_of
from crm.models import Deal
from workspaces.models import Membership, Team


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a field says by now, in `words`; what was `typed`, which `fields` sent to `action` write
    all the same; `back` leads to the field as it is."""

    label: str
    words: str
    typed: str
    action: str
    back: str
    fields: list[tuple[str, str]]


def of_field(deal: Deal, name: str, values: list[str], error: Conflict, deal_url: str) -> Meanwhile:
    """Of a field on the sheet; `deal` as it is by now."""
    named = [("name", name), ("seen", held(deal, name))]
    return Meanwhile(
        label_of(name),
        " ".join(error.messages),
        typed_words(name, values),
        f"{deal_url}fields/",
        deal_url,
        [*named, *(("value", value) for value in values)],
    )


def typed_words(name: str, values: list[str]) -> str:
    """What was to be written as people read it; a dash for nothing."""
    texts = [text.strip() for text in values if text.strip()]
    if not texts:
        return "—"
    if name in {"owner", "team"}:
        rows = Membership.objects.with_user() if name == "owner" else Team.objects.all()
        found = rows.filter(pk=texts[-1]).first()
        return found.name if found else "—"
    if name == "expected_on":
        return formats.date_format(date.fromisoformat(texts[-1]), "j E Y")
    field = custom_fields.definition("deal", name.removeprefix(OWN)) if OWN in name else None
    if field is None:
        return texts[-1]
    if field.kind == CustomField.Kind.BOOLEAN:
        return _("Yes") if texts[-1] == "yes" else _("No")
    if field.kind == CustomField.Kind.DATE:
        return formats.date_format(date.fromisoformat(texts[-1]), "j E Y")
    return ", ".join(field.choice_label(text) for text in texts)
