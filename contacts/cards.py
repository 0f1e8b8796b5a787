"""Parts of a contact's page that packages further up bring: deals, tasks, conversations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contacts.models import Company, Contact
from workspaces.permissions import Verb

# (viewer, contact or company) -> what the template is given.
Context = Callable[[Any, Contact | Company], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Card:
    """A section beside the contact, shown to whom `verb` is allowed."""

    name: str
    template: str
    verb: Verb
    context: Context


_cards: dict[str, Card] = {}


def register_card(card: Card) -> None:
    """Show this on the pages of contacts and companies, in the order of registration."""
    _cards[card.name] = card


def cards() -> list[Card]:
    """All of them."""
    return list(_cards.values())
