from typing import Any, Self

from core.conditions import parse
from workspaces.models.tenant import TenantQuerySet


class ContactQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Contacts that the viewer may see: every reader of contacts sees all of them."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_CONTACTS) else self.none()

    def fulfilling(self, document: Any) -> Self:
        """Contacts for which a document of conditions holds. Raises InvalidCondition."""
        from contacts.vocabulary import CONTACTS
        from workspaces.zones import moments

        return self.filter(parse(document, CONTACTS).q(moments()))

    def matching(self, text: str) -> Self:
        """Contacts whose name, phone or e-mail contains the text."""
        from contacts.table.searching import matching

        return self.filter(matching(text))


class TouchQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Touches that the viewer may see: those of the contacts that they see."""
        from workspaces.permissions import Verb, can

        return self.all() if can(viewer, Verb.READ_CONTACTS) else self.none()

    def latest_first(self) -> Self:
        return self.order_by("-at", "-id")
