"""What a column of a file may become, and which one its name sounds like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import custom_fields
from core.conditions.fields import Words

FIELD = "field:"
# A new field of the workspace's own, called like the column.
NEW_FIELD = "new"


@dataclass(frozen=True)
class Target:
    """One thing that a column may become; `takes_several` puts the texts of some together."""

    key: str
    label: Words
    group: Words
    names: tuple[str, ...] = ()
    takes_several: bool = False


_ABOUT: Final = _("Contact")
_CONSENT: Final = _("Consent to broadcasts")
TARGETS: Final = (
    Target(
        "name", pgettext_lazy("person", "Name"), _ABOUT,
        ("name", "full name", "fullname", "first name", "last name", "surname", "contact",
         "customer", "client", "имя", "фио", "фамилия", "отчество", "клиент", "контакт",
         "имя клиента", "полное имя"),
        takes_several=True,
    ),
    Target(
        "phone", _("Phone"), _ABOUT,
        ("phone", "phone number", "mobile", "tel", "telephone", "cell", "whatsapp", "телефон",
         "номер телефона", "мобильный", "мобильный телефон", "тел", "номер", "сотовый"),
    ),
    Target(
        "email", _("E-mail"), _ABOUT,
        ("email", "e-mail", "mail", "email address", "почта", "эл почта", "электронная почта",
         "эл. почта", "емейл", "имейл", "адрес электронной почты"),
    ),
    Target(
        "labels", _("Labels"), _ABOUT,
        ("labels", "label", "tags", "tag", "метки", "метка", "теги", "тег", "тэги"),
        takes_several=True,
    ),
    Target(
        "owner", _("Owner, by e-mail"), _ABOUT,
        ("owner", "manager", "responsible", "assignee", "ответственный", "менеджер"),
    ),
    Target(
        "company", _("Company"), _ABOUT,
        ("company", "organization", "organisation", "firm", "компания", "организация", "фирма"),
    ),
    Target("language", _("Language"), _ABOUT, ("language", "lang", "язык")),
    Target(
        "note", pgettext_lazy("contact", "About"), _ABOUT,
        ("note", "notes", "comment", "about", "description", "заметка", "комментарий",
         "примечание", "описание", "о клиенте"),
        takes_several=True,
    ),
    Target(
        "consent", _("Consent: yes or no"), _CONSENT,
        ("consent", "opt in", "opt-in", "subscribed", "subscription", "согласие", "подписан",
         "согласие на рассылку", "подписка", "рассылка"),
    ),
    Target(
        "consent_at", _("Consent: the day"), _CONSENT,
        ("consent date", "opt in date", "subscribed at", "дата согласия", "дата подписки"),
    ),
    Target(
        "consent_detail", _("Consent: where it was given"), _CONSENT,
        ("consent source", "consent origin", "opt in source", "источник согласия",
         "откуда согласие"),
    ),
)  # fmt: skip
_SEVERAL: Final = {target.key for target in TARGETS if target.takes_several}


def targets() -> list[Target]:
    """All of them, the workspace's own fields too."""
    own = [
        Target(f"{FIELD}{field.key}", field.label, _("Own fields"), (_plain(field.label),))
        for field in custom_fields.definitions("contact")
    ]
    return [*TARGETS, *own]


def guess(header: Sequence[str]) -> list[str]:
    """The target of each column by its name; empty for what is left out."""
    known = {name: target for target in targets() for name in target.names}
    found: list[str] = []
    for cell in header:
        target = known.get(_plain(cell))
        is_free = target is not None and (target.takes_several or target.key not in found)
        found.append(target.key if target is not None and is_free else "")
    return found


def takes_several(key: str) -> bool:
    """Whether more than one column may become this."""
    return key in {"", NEW_FIELD} or key in _SEVERAL


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").strip(" .:*").split())
